# Runs packstack to its end. From the environment: ADDRESS of this machine, EXEC_TIMEOUT in seconds for each command of Puppet.

export LANG=en_US.UTF-8 LC_ALL=en_US.UTF-8 PYTHONUNBUFFERED=1
# What it starts asks the services that it starts; that way leads through no proxy.
export no_proxy=localhost,127.0.0.1,$ADDRESS${no_proxy:+,$no_proxy}
export NO_PROXY=$no_proxy

# Of an earlier run that was cut off: they would be followed as if they were this one's.
runs=/var/tmp/packstack
find "$runs" -mindepth 3 -name '*.pp.running' -delete 2>/dev/null || true

# packstack is silent while Puppet works, for half an hour in all; what Puppet says is in files that it makes.
follow_manifests() {
  declare -A known=()
  while sleep 1; do
    for log in "$runs"/*/manifests/*.pp.running; do
      if [ ! -e "$log" ] || [ -n "${known[$log]:-}" ]; then continue; fi
      known[$log]=yes
      name=${log##*/}
      name=${name#*_}
      # A finished file is renamed: the descriptor stays good.
      tail --quiet -n +1 --follow=descriptor --pid="$$" -- "$log" | sed -u "s/^/[${name%.pp.running}] /" &
    done
  done
}
follow_manifests &
follower=$!

said=$(mktemp)
trap 'kill "$follower" 2>/dev/null || true; rm -f "$said"' EXIT
status=0
packstack --answer-file=/root/stackbox/answers.txt --timeout="$EXEC_TIMEOUT" </dev/null 2>&1 | tee "$said" || status=$?
# Puppet's last words are still on their way.
sleep 2
if [ "$status" -ne 0 ]; then
  echo "packstack ended with exit code $status" >&2
  exit "$status"
fi
if ! grep -q 'Installation completed successfully' "$said"; then
  echo "packstack ended without its final words" >&2
  exit 1
fi
echo "packstack came to its end"
