# What the all-in-one consists of beneath OpenStack, which a boot may lose. Names are
# those of OpenStack-Ansible's role bootstrap-host: vars/main.yml, templates/aio1_networks.yml.j2 (1de5d695).

images() { losetup --list --noheadings --output NAME,BACK-FILE | awk '$2 ~ "^/openstack/" { print $1, $2 }'; }

# Those of Cinder and Ceph have a unit each; that of Nova belongs to a mount.
disks() {
  local device image name target
  while read -r device image; do
    name=$(basename "$image" .img)
    if systemctl cat "loop-$name.service" >/dev/null 2>&1; then
      echo "loop $name $image"
    elif target=$(findmnt --noheadings --first-only --output TARGET --source "$device"); then
      echo "mount $target"
    fi
  done < <(images)
  if command -v pvs >/dev/null; then
    pvs --noheadings --options pv_name,vg_name | awk '$1 ~ "^/dev/loop" && NF == 2 { print "group", $2 }'
  fi
  for volume in /dev/vg-ceph*/lv-ceph*; do
    if [ -e "$volume" ]; then echo "volume $volume"; fi
  done
  # ceph-volume keeps what an OSD needs to start in memory.
  findmnt --list --noheadings --types tmpfs --output TARGET | sed -n 's/^\/var\/lib\/ceph\/osd\/.*/osd &/p'
}

network() {
  local bridge
  echo "name $(hostname)"
  # RabbitMQ and Ceph find this machine by its line there.
  awk '$1 == "172.29.236.100" { $1 = $1; print "host", $0 }' /etc/hosts
  for bridge in $(ip -o link show type bridge | sed -En 's/^[0-9]+: (br-(mgmt|vxlan|storage|vlan|dbaas|lbaas)): .*/\1/p'); do
    echo "bridge $bridge"
    ip -o -4 addr show dev "$bridge" | awk -v dev="$bridge" '{ print "address", dev, $4 }'
  done
  if systemctl is-active --quiet networking-post-up.service; then echo "post-up networking-post-up.service"; fi
  iptables -t nat -S POSTROUTING | sed -n 's/^-A POSTROUTING \(-o .*-j MASQUERADE\)$/nat \1/p'
}

units() {
  unit_lines 'keystone-*' 'nova-*' 'neutron-*' 'glance-*' 'placement-*' 'cinder-*' 'heat-*' 'ovn-*' 'ceph-mon@*' \
    'ceph-mgr@*' 'ceph-osd@*' openvswitch-switch.service haproxy.service apache2.service memcached.service \
    rabbitmq-server.service libvirtd.service
}

{
  network
  disks
  units
} >"$new"
keep_record
