# What stack.sh set for this boot only, or what a boot may lose.

loops() { losetup --list --noheadings --output BACK-FILE | grep '^/opt/stack/' || true; }
mounts() { awk '/^[^#].*comment=devstack-/ { print $2 }' /etc/fstab; }
ramdisks() { findmnt --list --noheadings --types tmpfs --output TARGET,OPTIONS | grep '^/opt/stack/' || true; }
nat_rules() { if command -v iptables >/dev/null; then iptables -t nat -S POSTROUTING; fi; }
# What is beneath OpenStack before OpenStack itself.
units() {
  unit_lines mariadb.service mysql.service rabbitmq-server.service memcached.service openvswitch-switch.service \
    ovn-central.service ovn-host.service apache2.service httpd.service
  unit_lines 'devstack@*'
}

{
  loops | sed 's/^/loop /'
  mounts | sed 's/^/mount /'
  ramdisks | sed -E 's/^(\S+) .*\b(size=[0-9a-zA-Z]+).*/ramdisk \1 \2/'
  for bridge in $(bridges); do
    bridge_lines "$bridge"
    for family in -4 -6; do
      ip "$family" route show dev "$bridge" | grep ' via ' | sed -E "s/ (linkdown|dead)\b//g; s/^/route $family $bridge /" || true
    done
  done
  nat_rules | sed -n 's/^-A POSTROUTING \(-s .*-j MASQUERADE\)$/nat \1/p'
  sysctl_lines net.ipv4.ip_forward net.ipv6.conf.all.forwarding net.bridge.bridge-nf-call-iptables \
    net.bridge.bridge-nf-call-ip6tables
  units
} >"$new"
keep_record
