# Writes down what stack.sh set for this boot only, or what a boot may lose, so that it can be brought back after the next.
# From the environment: ADDRESS of this machine.

file=/etc/stackbox/devstack-boot
install -d -m 0755 /etc/stackbox
new=$(mktemp "$file.XXXXXX")
trap 'rm -f "$new"' EXIT

loops() { losetup --list --noheadings --output BACK-FILE | grep '^/opt/stack/' || true; }
mounts() { awk '/^[^#].*comment=devstack-/ { print $2 }' /etc/fstab; }
ramdisks() { findmnt --list --noheadings --types tmpfs --output TARGET,OPTIONS | grep '^/opt/stack/' || true; }
# OVS makes its bridges again by itself, but not what was set on them with `ip`.
bridges() { if command -v ovs-vsctl >/dev/null; then ovs-vsctl list-br | grep -vx br-int || true; fi; }
nat_rules() { if command -v iptables >/dev/null; then iptables -t nat -S POSTROUTING; fi; }
units() {
  systemctl list-units --state=active --plain --no-legend mariadb.service mysql.service rabbitmq-server.service \
    memcached.service openvswitch-switch.service ovn-central.service ovn-host.service apache2.service httpd.service
  systemctl list-units --state=active --plain --no-legend --type=service 'devstack@*'
}

{
  loops | sed 's/^/loop /'
  mounts | sed 's/^/mount /'
  ramdisks | sed -E 's/^(\S+) .*\b(size=[0-9a-zA-Z]+).*/ramdisk \1 \2/'
  for bridge in $(bridges); do
    # A bridge that took the machine's own interface over is set up by nobody but DevStack: touching it may cut us off.
    if [[ $(ip -o addr show dev "$bridge") == *" $ADDRESS/"* ]]; then
      echo "$bridge has the machine's own address and is left alone" >&2
      continue
    fi
    if [ -n "$(ip -o link show up dev "$bridge")" ]; then echo "bridge $bridge"; fi
    ip -o addr show dev "$bridge" scope global | awk -v dev="$bridge" '{ print "address", dev, $4 }'
    for family in -4 -6; do
      ip "$family" route show dev "$bridge" | grep ' via ' | sed -E "s/ (linkdown|dead)\b//g; s/^/route $family $bridge /" || true
    done
  done
  nat_rules | sed -n 's/^-A POSTROUTING \(-s .*-j MASQUERADE\)$/nat \1/p'
  for name in net.ipv4.ip_forward net.ipv6.conf.all.forwarding net.bridge.bridge-nf-call-iptables \
    net.bridge.bridge-nf-call-ip6tables; do
    if [ "$(sysctl -n "$name" 2>/dev/null)" = 1 ]; then echo "sysctl $name 1"; fi
  done
  units | awk '{ print "unit", $1 }'
} >"$new"
chmod 0644 "$new"
mv -f "$new" "$file"
echo "Wrote down $(wc -l <"$file") things that a boot may lose"
