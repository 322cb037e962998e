# Asks for the right time at once instead of approaching it slowly.

for unit in chrony chronyd systemd-timesyncd; do
  if systemctl cat "$unit.service" >/dev/null 2>&1; then systemctl restart "$unit.service"; fi
done
if command -v chronyc >/dev/null; then
  chronyc -a 'burst 4/4' || true
  sleep 10
  chronyc -a makestep
fi
for _ in $(seq 30); do
  if [ "$(timedatectl show --property NTPSynchronized --value)" = yes ]; then
    echo "The clock is right: $(date --utc)"
    exit 0
  fi
  echo "Waiting for a time server"
  sleep 2
done
echo "No time server answered; the machine says $(date --utc)" >&2
exit 1
