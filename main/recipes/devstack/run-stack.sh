# Runs DevStack's stack.sh to its end. Its own output is ours: what it says before its log begins is nowhere else.
# From the environment: ADDRESS of this machine.

cd /opt/stack/devstack
as_stack() { runuser -u stack -- env HOME=/opt/stack USER=stack LOGNAME=stack SHELL=/bin/bash LANG=C.UTF-8 "$@"; }

# stack.sh asks the services that it starts; that way leads through no proxy.
export no_proxy=localhost,127.0.0.1,$ADDRESS${no_proxy:+,$no_proxy}
export NO_PROXY=$no_proxy

# DevStack gives each service five minutes to stop, and its workers none at all. Nova's conductor takes them at every shutdown
# of the machine, as RabbitMQ has gone before it: it was not over after three minutes, and is after half a one with this.
install -d -m 0755 /etc/systemd/system/devstack@.service.d
printf '[Service]\nTimeoutStopSec=30\nKillMode=mixed\n' >/etc/systemd/system/devstack@.service.d/stackbox.conf

# A service that survived an aborted run makes the next one fail in odd ways: neutron-api answers 503, for one.
begun=/opt/stack/.stackbox-begun
if [ -e "$begun" ]; then
  echo "An earlier run did not come to its end: stopping what it started"
  as_stack mkdir -p /opt/stack/logs
  as_stack sh -c './unstack.sh >/opt/stack/logs/unstack.log 2>&1' ||
    echo "unstack.sh did not get through, see /opt/stack/logs/unstack.log; going on"
  systemctl stop 'devstack@*' || true
fi
touch "$begun"

status=0
as_stack ./stack.sh </dev/null || status=$?
if [ "$status" -ne 0 ]; then
  echo "stack.sh ended with exit code $status" >&2
  exit "$status"
fi

# The exit code alone is not enough: it is 0, too, when somebody's own lines end the script early. That may be before it
# began a log, so that the log is still the one of an earlier run.
log=/opt/stack/logs/stack.sh.log
for _ in $(seq 20); do
  if ! [ "$begun" -nt "$log" ] && grep -qs '^This is your host IP address: ' "$log"; then
    rm -f "$begun"
    echo "stack.sh came to its end"
    exit 0
  fi
  sleep 1
done
echo "stack.sh ended without its final words" >&2
exit 1
