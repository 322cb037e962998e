# What stack.sh set with ip, iptables and sysctl: addresses and routes of br-ex, the NAT rule of the floating addresses.

# Those of bridges are there only when their module is.
set_sysctl() {
  case $1 in
    net.bridge.*) modprobe br_netfilter ;;
  esac
  sysctl -q -w "$1=$2"
}

while read -r kind what more; do
  case $kind in
    bridge) [ -n "$(ip -o link show up dev "$what")" ] || lost "$what is down" ip link set "$what" up ;;
    address) [[ $(ip -o addr show dev "$what") == *" $more "* ]] || lost "$more on $what" ip addr replace "$more" dev "$what" ;;
    route)
      # $what is the family, $more the bridge and then the route as ip prints it.
      read -r bridge route <<<"$more"
      # shellcheck disable=SC2086 -- the words of a route
      [ -n "$(ip "$what" route show ${route%% *} dev "$bridge")" ] ||
        lost "route to ${route%% *}" ip "$what" route replace $route dev "$bridge"
      ;;
    nat)
      # shellcheck disable=SC2086 -- the words of a rule
      iptables -t nat -C POSTROUTING $what $more 2>/dev/null ||
        lost "NAT rule $what $more" iptables -t nat -A POSTROUTING $what $more
      ;;
    sysctl) [ "$(sysctl -n "$what" 2>/dev/null)" = "$more" ] || lost "$what=$more" set_sysctl "$what" "$more" ;;
  esac
done <"$file"
finish
