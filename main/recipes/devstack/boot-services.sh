# Services that ran when DevStack was installed. They come back with the machine, but one that met a network or a database
# that was not there yet may have given up. One that somebody disabled since is left alone.

# state UNIT: once it has settled; one that is just starting gets two minutes.
state() {
  local state
  for _ in $(seq 120); do
    state=$(systemctl is-active "$1" || true)
    [ "$state" = activating ] || break
    echo "Waiting for $1" >&2
    sleep 1
  done
  echo "$state"
}

again() {
  systemctl reset-failed "$1" 2>/dev/null || true
  systemctl restart "$1"
}

while read -r kind what _; do
  [ "$kind" = unit ] || continue
  systemctl is-enabled --quiet "$what" || continue
  state=$(state "$what")
  [ "$state" = active ] || lost "$what is $state" again "$what"
done <"$file"
finish
