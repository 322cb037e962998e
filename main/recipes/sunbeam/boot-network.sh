# The NAT rule of the external network, and time for Open vSwitch to make br-ex again. The rule is one of iptables-legacy,
# where the snap puts it.

if [ -n "$fix" ] && grep -q '^bridge br-ex$' "$file"; then
  for _ in $(seq 60); do
    if ip link show dev br-ex >/dev/null 2>&1; then break; fi
    echo "Waiting for br-ex"
    sleep 2
  done
fi

masquerade() {
  iptables-legacy -w -t nat "$1" POSTROUTING -s "$2" -m comment --comment 'openstack-hypervisor external network rule' -j MASQUERADE
}

while read -r kind what _; do
  [ "$kind" = masquerade ] || continue
  masquerade -C "$what" 2>/dev/null || lost "NAT rule of $what" masquerade -A "$what"
done <"$file"

