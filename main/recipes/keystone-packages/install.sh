# Installs Keystone, MariaDB and the command line in one transaction. Nothing starts yet: unconfigured services would
# only cost time, and Keystone's own default is a database in a file.

export DEBIAN_FRONTEND=noninteractive NEEDRESTART_SUSPEND=1

# invoke-rc.d asks this program whether it may start a service; 101 means no.
policy=/usr/sbin/policy-rc.d
printf '#!/bin/sh\n# stackbox: services are started once they are configured\nexit 101\n' >"$policy"
chmod 755 "$policy"
trap 'rm -f "$policy"' EXIT

# Only Debian's package asks; the answers are the same as its defaults, but an image may have been seeded otherwise.
debconf-set-selections <<'ANSWERS'
keystone keystone/configure_db boolean false
keystone keystone/create-admin-tenant boolean false
keystone keystone/register-endpoint boolean false
ANSWERS

# Each of about 130 Python packages would start Python twice to compile its modules, which is most of the time of the
# whole install. Maintainer scripts find py3compile through PATH: for this one transaction it does nothing, and
# afterwards everything is compiled at once, on all processors.
shim=$(mktemp -d)
trap 'rm -rf "$policy" "$shim"' EXIT
printf '#!/bin/sh\nexit 0\n' >"$shim/py3compile"
chmod 755 "$shim/py3compile"

# --force-unsafe-io spares an fsync for every file; `sync` below makes up for all of them.
PATH="$shim:$PATH" apt-get -y --no-install-recommends \
  -o Acquire::Retries=3 -o DPkg::Lock::Timeout=300 \
  -o Dpkg::Options::=--force-unsafe-io -o Dpkg::Options::=--force-confdef -o Dpkg::Options::=--force-confold \
  -o Dpkg::Use-Pty=0 \
  install keystone mariadb-server python3-openstackclient python3-pymysql

echo "Compiling Python modules"
# Some packages ship templates that are no valid Python; py3compile passes over them as well.
python3 -m compileall -q -j 0 /usr/lib/python3/dist-packages >/dev/null || true
sync
echo "Packages are installed"
