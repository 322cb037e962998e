# Installs Kolla-Ansible and OpenStack's command line. From the environment: GIT_BASE, BRANCH, and COLLECTIONS, a mirror of Ansible
# Galaxy or nothing.

venv=/opt/kolla-ansible
# pip brings its own list of authorities and would not know those that were added to this machine.
export PIP_CERT=/etc/ssl/certs/ca-certificates.crt REQUESTS_CA_BUNDLE=/etc/ssl/certs/ca-certificates.crt
export PIP_PROGRESS_BAR=off PIP_DISABLE_PIP_VERSION_CHECK=1 GIT_TERMINAL_PROMPT=0

[ -x "$venv/bin/python3" ] || python3 -m venv "$venv"
"$venv/bin/pip" install --upgrade pip
echo "Installing Kolla-Ansible $BRANCH"
"$venv/bin/pip" install "git+$GIT_BASE/openstack/kolla-ansible@$BRANCH"
# What it asks for itself it names with Galaxy's address in files of its own. What that needs in turn is for Ansible's configuration.
if [ -n "$COLLECTIONS" ]; then
  export ANSIBLE_GALAXY_SERVER=$COLLECTIONS
  sed -i "s|https://galaxy.ansible.com|$COLLECTIONS|" "$venv"/share/kolla-ansible/requirements*.yml
fi
echo "Installing the collections of Ansible"
PATH=$venv/bin:$PATH "$venv/bin/kolla-ansible" install-deps
echo "Installing the command line"
# The versions that https://releases.openstack.org gives for this release, from the server that has all the rest.
requirements=$(mktemp -d)
trap 'rm -rf "$requirements"' EXIT
git clone --quiet --depth 1 --branch "$BRANCH" "$GIT_BASE/openstack/requirements" "$requirements"
"$venv/bin/pip" install python-openstackclient --constraint "$requirements/upper-constraints.txt"
ln -sf "$venv/bin/openstack" /usr/local/bin/openstack
echo "Kolla-Ansible is installed"
