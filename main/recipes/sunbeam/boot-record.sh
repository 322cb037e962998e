# What Sunbeam set up that a boot may lose.
# From the environment: ADDRESS of this machine.

# The hypervisor's snap sets these only when it is configured (openstack_hypervisor/hooks.py,
# _configure_ovn_external_networking, da598911); Open vSwitch makes br-ex again, but not its address.
network() {
  local addresses
  addresses=$(ip -o addr show dev br-ex scope global 2>/dev/null | awk '{ print $4 }') || true # there may be no br-ex
  # A bridge that took the machine's own interface over is none of ours: touching it may cut us off.
  if [[ $addresses == *"$ADDRESS/"* ]]; then
    echo "br-ex has the machine's own address and is left alone" >&2
    return
  fi
  [ -n "$addresses" ] || return 0
  echo "bridge br-ex"
  for address in $addresses; do echo "address br-ex $address"; done
  if command -v iptables-legacy >/dev/null; then
    iptables-legacy -t nat -S POSTROUTING |
      sed -En 's/^-A POSTROUTING -s (\S+) .*"openstack-hypervisor external network rule" -j MASQUERADE$/masquerade \1/p'
  fi
  sysctl_lines net.ipv4.ip_forward
}

units() {
  unit_lines 'snap.openstack.*' 'snap.openstack-hypervisor.*' 'snap.microovn.*' 'snap.microceph.*' 'snap.k8s.*' 'jujud-machine-*'
}

{
  network
  units
} >"$new"
keep_record
