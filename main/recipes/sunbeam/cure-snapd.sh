# snapd does one thing at a time with a snap, and refreshes by itself.

for _ in $(seq 180); do
  # ID STATUS …; no changes at all is an error of its own.
  busy=$(snap changes 2>/dev/null | awk '$2 == "Doing" || $2 == "Do" || $2 == "Undoing"' || true)
  if [ -z "$busy" ]; then
    echo "snapd is free"
    exit 0
  fi
  echo "Waiting for snapd: $busy"
  sleep 5
done
echo "snapd has been busy for 15 minutes" >&2
exit 1
