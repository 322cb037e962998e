# Installs Keystone, MariaDB and the command line in one transaction. Nothing starts yet: unconfigured services would
# only cost time, and Keystone's own default is a database in a file.

export DEBIAN_FRONTEND=noninteractive NEEDRESTART_SUSPEND=1

# Files are written without waiting for the disk (see below). The machine was restarted before they were safe if this
# note is from another boot: then some may be empty.
unsynced=/var/lib/stackbox/unsynced-install
boot=$(cat /proc/sys/kernel/random/boot_id)
if [ -e "$unsynced" ] && [ "$(cat "$unsynced")" != "$boot" ]; then
  echo "The machine was switched off while packages were being written; looking for damaged files"
  if damaged=$(dpkg --verify | grep -v ' c /'); then
    echo "Damaged package files:" >&2
    head -n 20 <<<"$damaged" >&2
    exit 1
  fi
fi
install -d /var/lib/stackbox
echo "$boot" >"$unsynced"

# invoke-rc.d asks this program whether it may start a service; 101 means no.
policy=/usr/sbin/policy-rc.d
shim=$(mktemp -d)
trap 'rm -rf "$policy" "$shim"' EXIT
printf '#!/bin/sh\n# stackbox: services are started once they are configured\nexit 101\n' >"$policy"
chmod 755 "$policy"

# Each of some 160 Python packages would start Python twice to compile its modules, 3 to 10 s each when emulated and most
# of the time of the whole install. Maintainer scripts find py3compile through PATH: for this one transaction it does
# nothing, and afterwards all modules are compiled at once, on all processors.
printf '#!/bin/sh\nexit 0\n' >"$shim/py3compile"
chmod 755 "$shim" "$shim/py3compile"
path="$shim:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"

# Only Debian's package asks. No to all: its own set-up knows neither our database nor Ubuntu.
debconf-set-selections <<'ANSWERS'
keystone keystone/configure_db boolean false
keystone keystone/create-admin-tenant boolean false
keystone keystone/register-endpoint boolean false
ANSWERS

# What an interrupted install left half done; apt refuses to work before.
PATH=$path dpkg --force-unsafe-io --force-confold --configure -a

# --force-unsafe-io spares an fsync for each of 16,000 files (30 ms each on a busy build machine); the `sync` below makes
# up for all of them.
apt-get -y --no-install-recommends \
  -o DPkg::Path="$path" -o Acquire::Retries=3 -o DPkg::Lock::Timeout=300 -o Dpkg::Use-Pty=0 \
  -o Dpkg::Options::=--force-unsafe-io -o Dpkg::Options::=--force-confdef -o Dpkg::Options::=--force-confold \
  install keystone mariadb-server python3-openstackclient python3-pymysql

echo "Compiling Python modules"
# Packages' own tests are left out: nobody imports them, and they are a third of all modules. One that does not compile
# (a template) is left to whoever imports it, as py3compile does.
python3 -m compileall -q -j 0 -x '/tests?/' /usr/lib/python3/dist-packages >/dev/null || true
sync
rm -f "$unsynced"
echo "Packages are installed"
