# Shuts instances down: the container of libvirt cannot be stopped as long as one runs (Kolla-Ansible's tools/cleanup-containers).
# From the environment: GRACE, the seconds that they have before they are switched off.

if [ "$(docker inspect --format '{{.State.Running}}' nova_libvirt 2>/dev/null || true)" != true ]; then
  echo "No instance runs"
  exit 0
fi
# An assignment, so that a libvirt that does not answer is a failure.
instances=$(docker exec nova_libvirt virsh list --name)
if [ "$GRACE" -gt 0 ]; then
  for name in $instances; do
    echo "Shutting $name down"
    # One that does not listen is switched off below.
    docker exec nova_libvirt virsh shutdown "$name" >/dev/null || true
  done
fi
deadline=$((SECONDS + GRACE))
while [ -n "${instances//[[:space:]]/}" ] && [ "$SECONDS" -lt "$deadline" ]; do
  sleep 3
  instances=$(docker exec nova_libvirt virsh list --name)
done
for name in $instances; do
  echo "Switching $name off"
  docker exec nova_libvirt virsh destroy "$name" >/dev/null
done
echo "No instance runs"
