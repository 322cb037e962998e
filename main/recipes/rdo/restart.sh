# Restarts the services of OpenStack, and none beneath them: instances keep running, and their network with them.

# openstack-losetup holds the loop device of Cinder's volumes, which must not be taken away. The clean-ups are for a boot.
services() {
  systemctl list-unit-files --no-legend --state=enabled 'openstack-*.service' 'neutron-*.service' |
    awk '$1 !~ /@\.|^(openstack-losetup|neutron-.*-cleanup|neutron-destroy-patch-ports)\./ { print $1 }'
}

# Keystone and the APIs are in Apache, and the others ask them as they start.
listed=$(services)
mapfile -t units <<<"httpd.service
$listed"
echo "Restarting ${#units[@]} services"
failed=
for unit in "${units[@]}"; do
  echo "Restarting $unit"
  systemctl reset-failed "$unit" 2>/dev/null || true
  # The others get their turn too.
  systemctl restart "$unit" || failed="$failed $unit"
done
if [ -n "$failed" ]; then
  echo "These services did not start:$failed" >&2
  exit 1
fi
echo "All services were restarted"
