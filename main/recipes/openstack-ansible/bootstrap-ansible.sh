# Installs Ansible with all roles that OpenStack-Ansible uses.

cd /opt/openstack-ansible
export PIP_CERT=/etc/ssl/certs/ca-certificates.crt REQUESTS_CA_BUNDLE=/etc/ssl/certs/ca-certificates.crt
export ANSIBLE_NOCOLOR=1 PYTHONUNBUFFERED=1
said=$(mktemp)
trap 'rm -f "$said"' EXIT
scripts/bootstrap-ansible.sh </dev/null 2>&1 | tee "$said"
if ! grep -q '^System is bootstrapped and ready for use' "$said"; then
  echo "bootstrap-ansible.sh ended without its final words" >&2
  exit 1
fi
