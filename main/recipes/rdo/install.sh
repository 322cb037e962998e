# Installs packstack with its Puppet modules.

dnf -y --setopt=retries=5 install openstack-packstack
echo "packstack is installed"
