# Runs a playbook. From the environment: PLAYBOOK, WORDS for it in addition, ADDRESS of this machine.

cd /opt/openstack-ansible
export no_proxy=localhost,127.0.0.1,$ADDRESS,172.29.236.100,172.29.236.101${no_proxy:+,$no_proxy}
export NO_PROXY=$no_proxy LANG=C.UTF-8
read -ra words <<<"${WORDS:-}"
run_ansible 'EXIT NOTICE [Playbook execution success]' /usr/local/bin/openstack-ansible "$PLAYBOOK" "${words[@]}"
echo "$PLAYBOOK came to its end"
