# Sunbeam draws a spinner, which is nothing without a terminal: for half an hour it says not a word. Its log names each step,
# and much that is nobody's business (tokens, manifests): only the names of steps are shown.
follow_steps() {
  local folder known='' log
  folder=$(getent passwd "$user" | cut -d: -f6)/snap/openstack/common/logs
  while sleep 1; do
    # The folder comes with the first log.
    log=$(find "$folder" -maxdepth 1 -name 'sunbeam-*.log' -newer "$1" 2>/dev/null | sort | tail -n 1) || continue
    if [ -z "$log" ] || [ "$log" = "$known" ]; then continue; fi
    known=$log
    tail --quiet -n +1 --follow=descriptor --pid="$$" -- "$log" |
      sed -un "s/^.* DEBUG \(\(Starting\|Skipping\|Finished running\) step .*\)/\1/p" &
  done
}

# $1 what has to be said at the end, then the words of Sunbeam; as a new login, because of its groups.
run_sunbeam() {
  local wanted=$1 status=0 said begun
  shift
  said=$(mktemp)
  # Logs of earlier runs are older than this.
  begun=$(mktemp)
  follow_steps "$begun" &
  local follower=$!
  runuser -l "$user" -c "sunbeam $*" </dev/null 2>&1 | tee "$said" || status=$?
  sleep 2
  kill "$follower" 2>/dev/null || true
  if [ "$status" -ne 0 ]; then
    echo "sunbeam ended with exit code $status" >&2
  elif ! grep -qF "$wanted" "$said"; then
    echo "sunbeam ended without its final words" >&2
    status=1
  fi
  rm -f "$said" "$begun"
  return "$status"
}

