# What installers set with ip, iptables and sysctl: addresses and routes of bridges, the NAT rule of the floating addresses, open
# ports. The lines `bridge`, `address`, `route`, `nat`, `rule` and `sysctl`.

# Those of bridges are there only when their module is.
set_sysctl() {
  case $1 in
    net.bridge.*) modprobe br_netfilter ;;
  esac
  sysctl -q -w "$1=$2"
}

# In front of the others: CentOS's own rules end with one that refuses everything. xargs, for comments are in quotes.
put_rule() { xargs iptables -w -t "$1" -I <<<"$2"; }

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
    rule)
      # $what is the table, $more the chain and the rule as iptables prints it.
      xargs iptables -w -t "$what" -C <<<"$more" 2>/dev/null || lost "$what rule $more" put_rule "$what" "$more"
      ;;
    sysctl) [ "$(sysctl -n "$what" 2>/dev/null)" = "$more" ] || lost "$what=$more" set_sysctl "$what" "$more" ;;
  esac
done <"$file"
finish
