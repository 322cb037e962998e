# Runs one of the three playbooks. From the environment: PLAYBOOK, ADDRESS of this machine.

cd /opt/openstack-ansible
export no_proxy=localhost,127.0.0.1,$ADDRESS,172.29.236.100,172.29.236.101${no_proxy:+,$no_proxy}
export NO_PROXY=$no_proxy LANG=C.UTF-8
run_ansible 'EXIT NOTICE [Playbook execution success]' /usr/local/bin/openstack-ansible "$PLAYBOOK"
echo "$PLAYBOOK came to its end"
