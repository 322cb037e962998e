# Removes everything that stack.sh made, with DevStack's clean.sh. The sources in /opt/stack and local.conf stay.

cd /opt/stack/devstack
as_stack() { runuser -u stack -- env HOME=/opt/stack USER=stack LOGNAME=stack SHELL=/bin/bash LANG=C.UTF-8 "$@"; }

# clean.sh unmounts it whether or not it is mounted, and a reboot has taken it away.
data=/opt/stack/data/etcd
if [ -d "$data" ] && ! mountpoint -q "$data"; then
  mount -t tmpfs -o nodev,nosuid,size=512M tmpfs "$data"
fi

# As unstack.sh, it goes on past failures: what is left decides.
as_stack ./clean.sh </dev/null || echo "clean.sh ended with exit code $?"
systemctl stop 'devstack@*'
if [ -e .stackenv ]; then
  echo "clean.sh did not come to its end: .stackenv is still there" >&2
  exit 1
fi
# It takes the folder of the logs away, which the next run writes to from its first line on.
as_stack mkdir -p /opt/stack/logs
# What a boot would lose is gone already.
rm -f /opt/stack/.stackbox-begun /etc/stackbox/devstack-boot
echo "DevStack is clean"
