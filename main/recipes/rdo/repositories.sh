# Adds RDO's packages, and takes away what does not go with them.

release=$(. /etc/os-release && echo "$ID $VERSION_ID")
if [ "$release" != 'centos 9' ]; then
  echo "RDO's last packages are for CentOS Stream 9, and this is $release" >&2
  exit 1
fi

# EPEL has an Erlang that RDO's RabbitMQ does not start with.
if rpm -q epel-release >/dev/null || compgen -G '/etc/yum.repos.d/epel*.repo' >/dev/null; then
  echo "EPEL is switched off"
  dnf -y --setopt=retries=5 install dnf-plugins-core
  dnf config-manager --set-disabled 'epel*'
fi

echo "Adding the repositories"
dnf -y --setopt=retries=5 install dnf-plugins-core
dnf config-manager --set-enabled crb
# As packstack's own tests do: the module's MariaDB is another one than RDO's.
dnf -y module disable mariadb
dnf -y --setopt=retries=5 install centos-release-openstack-epoxy
echo "Updating the system"
dnf -y --setopt=retries=5 update
echo "The repositories of RDO are there"
