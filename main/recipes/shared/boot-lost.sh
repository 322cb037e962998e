# What checks and repairs after a boot share. Each is one script for both: with an empty $fix it says what is gone and ends
# with 1 if anything is, else it brings that back.
needed=

# lost WHAT COMMAND…
lost() {
  echo "Gone: $1"
  shift
  needed=yes
  if [ -n "$fix" ]; then "$@"; fi
}

finish() { if [ -z "$fix" ] && [ -n "$needed" ]; then exit 1; fi; }

# settled UNIT: its state; one that is just starting gets two minutes.
settled() {
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

