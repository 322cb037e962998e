# Keystone, MariaDB and the client from the distribution's packages, in one transaction.
export DEBIAN_FRONTEND=noninteractive

# apt says on a file descriptor of its own how far it is; every whole percent becomes one line of our log.
report() {
  local kind package percent text now last=-1
  while IFS=: read -r kind package percent text; do
    case $kind in
      dlstatus) now=$((${percent%.*} * 15 / 100)) ;;
      pmstatus) now=$((15 + ${percent%.*} * 85 / 100)) ;;
      *) continue ;;
    esac
    if ((now > last)); then
      last=$now
      echo "stackbox: $now % $text"
    fi
  done
}

# Debian's package would set up database and administrator itself, Ubuntu's cannot: we do it for both, in later steps.
if [ -x /usr/bin/debconf-set-selections ]; then
  for question in configure_db create-admin-tenant register-endpoint; do
    echo "keystone keystone/$question boolean false"
  done | debconf-set-selections
fi

echo 'stackbox: 0 % Refreshing the package lists'
apt-get -o DPkg::Lock::Timeout=300 -o Acquire::Retries=3 update

# Writing every file through to the disk (dpkg's default) makes an emulated install much slower; a crash in the middle
# costs this machine only, which is made anew in minutes.
apt-get -y -o DPkg::Lock::Timeout=300 -o Acquire::Retries=3 -o DPkg::Options::=--force-unsafe-io \
  -o DPkg::Options::=--force-confold -o APT::Status-Fd=3 --no-install-recommends \
  install keystone mariadb-server python3-openstackclient crudini curl 3> >(report)
