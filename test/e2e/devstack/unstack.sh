#!/usr/bin/env bash
# Stand-in for DevStack's unstack.sh: stops and disables what its stack.sh started. It goes on past failures, as that does.
cd "$(dirname "${BASH_SOURCE[0]}")" || exit 1
source ./functions
read_local_conf

echo '+ ./unstack.sh:main:124                    :   stop_keystone'
sudo systemctl disable --now devstack@keystone.service
echo '+ ./unstack.sh:main:163                    :   cleanup_neutron'
sudo systemctl disable --now devstack@q-ovn-agent.service
sudo ip addr flush dev br-ex
sudo iptables -t nat -D POSTROUTING -s "$FLOATING_RANGE" -o "$(out)" -j MASQUERADE
echo '+ ./unstack.sh:main:176                    :   stop_etcd3'
sudo systemctl disable --now devstack@etcd.service
sudo umount /opt/stack/data/etcd
rm -f .stackenv
