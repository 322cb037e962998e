# Writes Kolla's configuration. From the environment: ADDRESS of this machine, HEAT, REGISTRY, OWN_GLOBALS, ADMIN_PASSWORD,
# DATABASE_PASSWORD.

venv=/opt/kolla-ansible
share=$venv/share/kolla-ansible

umask 077
install -d -m 0755 /etc/kolla
install -d -m 0700 /etc/kolla/globals.d
# Passwords that were made once stay: services know them already.
[ -e /etc/kolla/passwords.yml ] || cp "$share/etc_examples/kolla/passwords.yml" /etc/kolla/passwords.yml
cp "$share/etc_examples/kolla/globals.yml" /etc/kolla/globals.yml
cp "$share/ansible/inventory/all-in-one" /etc/kolla/all-in-one

virt=qemu
if [ -c /dev/kvm ]; then virt=kvm; fi
distro=$(. /etc/os-release && echo "$ID")

# One machine needs nobody to share its load. ProxySQL would listen on the database's own port of the very same address.
cat >/etc/kolla/globals.d/10-stackbox.yml <<YAML
kolla_base_distro: "$distro"
kolla_internal_vip_address: "$ADDRESS"
network_interface: "$interface"
neutron_external_interface: "sbext0"
enable_haproxy: false
enable_proxysql: false
nova_compute_virt_type: "$virt"
enable_heat: $HEAT
openstack_service_workers: 2
openstack_service_rpc_workers: 2
YAML
if [ -n "$REGISTRY" ]; then
  echo "docker_registry: \"$REGISTRY\"" >>/etc/kolla/globals.d/10-stackbox.yml
fi
printf '%s\n' "$OWN_GLOBALS" >/etc/kolla/globals.d/90-own.yml
if ! grep -q '[^[:space:]]' /etc/kolla/globals.d/90-own.yml; then rm /etc/kolla/globals.d/90-own.yml; fi

# These two are shown to a person; kolla-genpwd makes up the rest, and leaves alone what is there.
"$venv/bin/python3" - <<'PYTHON'
import os, yaml
path = '/etc/kolla/passwords.yml'
with open(path, encoding='utf-8') as file:
    passwords = yaml.safe_load(file)
passwords['keystone_admin_password'] = os.environ['ADMIN_PASSWORD']
passwords['database_password'] = os.environ['DATABASE_PASSWORD']
with open(path + '.part', 'w', encoding='utf-8') as file:
    yaml.safe_dump(passwords, file, default_flow_style=False)
os.replace(path + '.part', path)
PYTHON
"$venv/bin/kolla-genpwd" --passwords /etc/kolla/passwords.yml
echo "Kolla is configured for $interface with $ADDRESS"
