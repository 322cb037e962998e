# What packstack set for this boot only, or what a boot may lose. Open vSwitch makes br-ex again by itself, but neither puts it up
# nor gives it its address: packstack's modules did both with `ip` (vs_bridge of puppet-vswitch, neutron_l3_ovs_bridge of
# puppet-neutron), which lasts until the next boot.

# Cinder's volume group is in a file, as is Swift's disk (cinder::setup_test_volume, swift::storage::loopback).
loops() { losetup --list --noheadings --output BACK-FILE | grep '^/var/lib/cinder/' || true; }
mounts() { awk '$2 ~ "^/srv/node/" { print $2 }' /etc/fstab; }
# packstack's rules begin their comments with 000 (NAT, br-ex) or 001 (ports of services). They are saved, but two services are
# enabled to restore rules, iptables and nftables, and the later one may throw away what the other has restored.
rules() {
  local table rule
  command -v iptables >/dev/null || return 0
  for table in filter nat; do
    iptables -w -t "$table" -S | sed -n 's/^-A \(.*--comment "00[01] .*\)$/\1/p' | while read -r rule; do
      # One that iptables itself does not find again would be missed for ever.
      if xargs iptables -w -t "$table" -C <<<"$rule" 2>/dev/null; then echo "rule $table $rule"; fi
    done
  done
}
# What is beneath OpenStack before OpenStack itself. libvirt's daemons go to sleep when nobody asks them: they are not missed.
units() {
  unit_lines openvswitch.service ovn-northd.service ovn-controller.service mariadb.service rabbitmq-server.service \
    memcached.service redis.service openstack-losetup.service httpd.service
  unit_lines 'neutron-*.service' 'openstack-*.service' |
    awk '$2 !~ /^(neutron-.*-cleanup|neutron-destroy-patch-ports|openstack-losetup)\./'
}

{
  loops | sed 's/^/loop /'
  mounts | sed 's/^/mount /'
  for bridge in $(bridges); do bridge_lines "$bridge"; done
  rules
  # packstack writes the first three into /etc/sysctl.conf, where they do nothing as long as br_netfilter is not loaded; it has
  # that loaded by /etc/sysconfig/modules, which CentOS 9 no longer reads.
  sysctl_lines net.bridge.bridge-nf-call-iptables net.bridge.bridge-nf-call-ip6tables net.bridge.bridge-nf-call-arptables \
    net.ipv4.ip_forward
  units
} >"$new"
keep_record
