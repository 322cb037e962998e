#!/usr/bin/env bash
# Stand-in for DevStack's stack.sh. It prints what the real one printed (recorded.txt, see test/fixtures/recipes), faster,
# and makes what Stackbox meets afterwards: units, a ramdisk, br-ex with NAT, Keystone's address, Horizon's login form, and
# `openstack`, all of them small stand-ins, too. Everything around it is the recipe's own: user, clone, local.conf, proof.
set -u
cd "$(dirname "${BASH_SOURCE[0]}")" || exit 1
source ./functions

# What the real one refuses, in its words.
if [ "$EUID" -eq 0 ]; then
  echo "You are running this script as root."
  echo "Please use the script as a user with sudo."
  exit 1
fi
if [ "$(lsb_release --codename --short)" != bookworm ]; then
  echo "WARNING: this script has not been tested on $(lsb_release --codename --short)"
  exit 1
fi
read_local_conf

# The real one waits for SERVICE_TIMEOUT seconds; here a Keystone that takes this long is told by a comparison.
KEYSTONE_TAKES=1200

# Both its output and a log, by whose last lines the recipe knows that it came to its end.
log=$LOGFILE.$(date +%F-%H%M%S)
mkdir -p "$(dirname "$LOGFILE")"
ln -sf "$log" "$LOGFILE"
exec > >(tee "$log") 2>&1

exec 3< <(sed "s/10\.77\.0\.2/$HOST_IP/g; s#git://10\.77\.0\.1#$GIT_BASE#g" recorded.txt)
shown=0
# replay TEXT: to the first line with it; about 66 lines a second, and a second for each phase that it announces.
replay() {
  local line
  while IFS= read -r line <&3; do
    printf '%s\n' "$line"
    if ((++shown % 20 == 0)); then sleep 0.3; fi
    if [[ $line == *": "*"echo_summary '"* ]]; then sleep 1; fi
    if [[ $line == *"$1"* ]]; then return; fi
  done
}

die() {
  cat <<END
+ lib/keystone:start_keystone:568          :   die 568 'keystone did not start'
+ functions-common:die:288                 :   local exitcode=0
[Call Trace]
./stack.sh:1114:start_keystone
/opt/stack/devstack/lib/keystone:568:die
[ERROR] /opt/stack/devstack/lib/keystone:568 keystone did not start
Error on exit
World dumping... see /opt/stack/logs/worlddump-$(date +%F-%H%M%S).txt for details
END
  exit 1
}

replay "echo_summary 'Installing package prerequisites'"
sudo DEBIAN_FRONTEND=noninteractive apt-get -y --no-install-recommends -o Dpkg::Use-Pty=0 install iptables || exit 100
install_openvswitch

replay 'Waiting for keystone to start...'
start_etcd3
unit keystone stack '/usr/bin/python3 /opt/stack/devstack/web.py'
if [ "$SERVICE_TIMEOUT" -lt "$KEYSTONE_TAKES" ]; then die; fi
sudo install -m 0755 openstack /usr/local/bin/openstack

replay "echo_summary 'Starting Nova'"
create_public_network
# As services do that need a network which a boot has not brought back yet.
unit q-ovn-agent root '/bin/sh -c "ip -o addr show dev br-ex | grep -q 172.24.4.1/ && exec sleep infinity"'
echo "HOST_IP=$HOST_IP" >.stackenv

replay 'OS Version: '
