# The name of the machine, its bridges, and what networking-post-up does (NAT, and both ends of br-vlan's cable). systemd
# brings all of this back by itself; this is for a boot in which it did not get through.

there() { ip link show dev "$1" >/dev/null 2>&1; }

# networkd has its files in /etc/systemd/network; it makes the bridges a moment after it has started.
make_bridges() {
  local bridge
  systemctl restart systemd-networkd.service
  for bridge in "$@"; do
    for _ in $(seq 30); do
      if there "$bridge"; then break; fi
      sleep 1
    done
  done
}

missing=()
renamed=
while read -r kind what more; do
  case $kind in
    name)
      [ "$(hostname)" = "$what" ] || {
        lost "the name $what" hostnamectl set-hostname "$what"
        renamed=$fix
      }
      ;;
    host) awk '{ $1 = $1 } 1' /etc/hosts | grep -qxF "$what $more" || lost "$what in /etc/hosts" sed -i "\$a $what $more" /etc/hosts ;;
    bridge) there "$what" || missing+=("$what") ;;
  esac
done <"$file"
[ "${#missing[@]}" -eq 0 ] || lost "the bridges ${missing[*]}" make_bridges "${missing[@]}"

while read -r kind what _; do
  [ "$kind" = post-up ] || continue
  systemctl is-active --quiet "$what" || lost "$what" systemctl restart "$what"
done <"$file"
# Under another name it has begun with an empty database; its own still lies beside that.
if [ -n "$renamed" ]; then systemctl restart rabbitmq-server.service; fi

