# Installs Kolla-Ansible and OpenStack's command line. From the environment: GIT_BASE, BRANCH.

venv=/opt/kolla-ansible
# pip brings its own list of authorities and would not know those that were added to this machine.
export PIP_CERT=/etc/ssl/certs/ca-certificates.crt REQUESTS_CA_BUNDLE=/etc/ssl/certs/ca-certificates.crt
export PIP_PROGRESS_BAR=off PIP_DISABLE_PIP_VERSION_CHECK=1 GIT_TERMINAL_PROMPT=0

[ -x "$venv/bin/python3" ] || python3 -m venv "$venv"
"$venv/bin/pip" install --upgrade pip
echo "Installing Kolla-Ansible $BRANCH"
"$venv/bin/pip" install "git+$GIT_BASE/openstack/kolla-ansible@$BRANCH"
echo "Installing the collections of Ansible"
PATH=$venv/bin:$PATH "$venv/bin/kolla-ansible" install-deps
echo "Installing the command line"
"$venv/bin/pip" install python-openstackclient \
  --constraint "https://releases.openstack.org/constraints/upper/${BRANCH#stable/}"
ln -sf "$venv/bin/openstack" /usr/local/bin/openstack
echo "Kolla-Ansible is installed"
