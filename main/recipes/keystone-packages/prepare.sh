# Makes the machine ready for packages: room, a free port, nobody else in apt, fresh package lists.

free_mib=$(df --output=avail -BM / | tail -n 1 | tr -dc 0-9)
if [ "$free_mib" -lt 1500 ]; then
  echo "Only $free_mib MiB are free on /; Keystone and MariaDB need 1500 MiB. No space left on device" >&2
  exit 1
fi

# Repeated after Keystone was set up, the port is its own.
if ! [ -e /etc/keystone/keystone.conf.d/stackbox.conf ] && ss -Hltn 'sport = :5000' | grep -q .; then
  echo "Port 5000 is already in use:" >&2
  ss -Hltnp 'sport = :5000' >&2
  exit 1
fi

# Without the error mode apt takes a mirror that it cannot reach for a warning. Translated descriptions are not needed:
# without them it has a third less to fetch and to read.
apt-get -o Acquire::Retries=3 -o Acquire::Languages=none -o APT::Update::Error-Mode=any update
