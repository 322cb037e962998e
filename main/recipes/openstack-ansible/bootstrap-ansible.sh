# Installs Ansible with all roles that OpenStack-Ansible uses. From the environment: GIT_BASE.

cd /opt/openstack-ansible
# The versions of Python's packages it asks of OpenStack's own web server, or of git where OpenStack's CI keeps its sources.
if [ "$GIT_BASE" != https://opendev.org ]; then
  export ZUUL_SRC_PATH=/opt/stackbox-src
  requirements=$ZUUL_SRC_PATH/opendev.org/openstack/requirements
  if [ ! -d "$requirements" ]; then
    rm -rf "$requirements.part"
    git clone --quiet --no-checkout "$GIT_BASE/openstack/requirements" "$requirements.part"
    mv "$requirements.part" "$requirements"
  fi
fi
export PIP_CERT=/etc/ssl/certs/ca-certificates.crt REQUESTS_CA_BUNDLE=/etc/ssl/certs/ca-certificates.crt
export ANSIBLE_NOCOLOR=1 PYTHONUNBUFFERED=1
said=$(mktemp)
trap 'rm -f "$said"' EXIT
scripts/bootstrap-ansible.sh </dev/null 2>&1 | tee "$said"
if ! grep -q '^System is bootstrapped and ready for use' "$said"; then
  echo "bootstrap-ansible.sh ended without its final words" >&2
  exit 1
fi
