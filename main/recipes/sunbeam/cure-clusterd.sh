# Sunbeam's own database, which each of its commands begins with.

snap restart openstack.clusterd
for _ in $(seq 60); do
  if [ -S /var/snap/openstack/common/state/control.socket ]; then
    echo "clusterd is up again"
    exit 0
  fi
  sleep 1
done
snap logs openstack.clusterd >&2
echo "clusterd does not come up" >&2
exit 1
