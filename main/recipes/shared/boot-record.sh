# What each recipe's boot-record.sh begins with. It writes lines `KIND WHAT …` to $new, which keep_record puts in the place of
# $file: what the install set for this boot only, or what a boot may lose, so that it can be brought back after the next.

install -d -m 0755 "$(dirname "$file")"
new=$(mktemp "$file.XXXXXX")
trap 'rm -f "$new"' EXIT

keep_record() {
  chmod 0644 "$new"
  mv -f "$new" "$file"
  echo "Wrote down $(wc -l <"$file") things that a boot may lose"
}

# Bridges of Open vSwitch, which makes them again by itself, but not what was set on them with `ip`. From the environment:
# ADDRESS of this machine.
bridges() {
  local bridge
  command -v ovs-vsctl >/dev/null || return 0
  for bridge in $(ovs-vsctl list-br | grep -vx br-int || true); do
    # One that took the machine's own interface over is set up by somebody else: touching it may cut us off.
    if [[ $(ip -o addr show dev "$bridge") == *" $ADDRESS/"* ]]; then
      echo "$bridge has the machine's own address and is left alone" >&2
    else
      echo "$bridge"
    fi
  done
}

# bridge_lines BRIDGE: that it is up, and its addresses.
bridge_lines() {
  if [ -n "$(ip -o link show up dev "$1")" ]; then echo "bridge $1"; fi
  ip -o addr show dev "$1" scope global | awk -v dev="$1" '{ print "address", dev, $4 }'
}

# sysctl_lines NAME…: those that are on.
sysctl_lines() {
  local name
  for name in "$@"; do
    if [ "$(sysctl -n "$name" 2>/dev/null)" = 1 ]; then echo "sysctl $name 1"; fi
  done
}

# unit_lines PATTERN…: services that run.
unit_lines() {
  systemctl list-units --state=active --plain --no-legend --type=service "$@" | awk '{ print "unit", $1 }'
}

