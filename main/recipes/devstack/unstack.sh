# Takes OpenStack down with DevStack's unstack.sh. Packages, sources and local.conf stay.

cd /opt/stack/devstack
as_stack() { runuser -u stack -- env HOME=/opt/stack USER=stack LOGNAME=stack SHELL=/bin/bash LANG=C.UTF-8 "$@"; }

if ! [ -e .stackenv ] && [ -z "$(systemctl list-units --all --plain --no-legend 'devstack@*')" ]; then
  echo "Nothing of DevStack is up"
  exit 0
fi

# It goes on past failures and ends with the status of its last line, which says nothing: what is left decides.
as_stack ./unstack.sh </dev/null || echo "unstack.sh ended with exit code $?"
systemctl stop 'devstack@*'
left=$(systemctl list-units --state=active --plain --no-legend 'devstack@*' | awk '{ print $1 }')
if [ -n "$left" ]; then
  echo "Services are still up:" $left >&2
  exit 1
fi
# What a boot would lose is gone already.
rm -f /opt/stack/.stackbox-begun /etc/stackbox/devstack-boot
echo "OpenStack is down"
