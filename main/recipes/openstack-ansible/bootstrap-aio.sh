# Lays out the all-in-one: bridges, loop devices, configuration. From the environment: SCENARIO, ADDRESS of this machine.

cd /opt/openstack-ansible
export SCENARIO
# By itself it takes the interface of the default route, which behind VirtualBox's NAT nobody can reach.
export BOOTSTRAP_OPTS="bootstrap_host_public_interface=$interface bootstrap_host_public_address=$ADDRESS"
run_ansible '' scripts/bootstrap-aio.sh
echo "The all-in-one is laid out on $interface"
