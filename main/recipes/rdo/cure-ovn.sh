# OVN's databases are in ovn-northd.service, which gives up when Open vSwitch is not there yet.
for unit in openvswitch.service ovn-northd.service ovn-controller.service; do
  systemctl cat "$unit" >/dev/null 2>&1 || continue
  systemctl reset-failed "$unit" 2>/dev/null || true
  # Open vSwitch carries the network of instances: it is left alone where it runs.
  if [ "$unit" != openvswitch.service ] || ! systemctl is-active --quiet "$unit"; then systemctl restart "$unit"; fi
done
for _ in $(seq 30); do
  if ovn-nbctl --timeout=5 show >/dev/null 2>&1; then
    echo "OVN answers"
    exit 0
  fi
  echo "Waiting for OVN"
  sleep 2
done
echo "OVN does not answer: see \"sudo journalctl -u ovn-northd\"" >&2
exit 1
