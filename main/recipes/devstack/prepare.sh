# Makes the machine ready: room, a host name that it knows itself, nobody else in apt, and what git and stack.sh begin with.

free_mib=$(df --output=avail -BM / | tail -n 1 | tr -dc 0-9)
if [ "$free_mib" -lt 9000 ]; then
  echo "Only $free_mib MiB are free on /; DevStack needs 9000 MiB. No space left on device" >&2
  exit 1
fi

# They would take apt's lock in the middle of stack.sh, which does not wait for it. Absent ones are fine.
systemctl disable --quiet --now apt-daily.timer apt-daily-upgrade.timer unattended-upgrades.service 2>/dev/null || true

# RabbitMQ does not start on a machine that cannot resolve its own name.
name=$(hostname)
if ! getent hosts "$name" >/dev/null; then
  printf '127.0.1.1 %s\n' "$name" >>/etc/hosts
  echo "Wrote $name into /etc/hosts"
fi

# pip brings its own list of authorities and would not know those that were added to this machine.
if compgen -G '/usr/local/share/ca-certificates/*.crt' >/dev/null && ! [ -e /etc/pip.conf ]; then
  printf '[global]\ncert = /etc/ssl/certs/ca-certificates.crt\n' >/etc/pip.conf
fi

export DEBIAN_FRONTEND=noninteractive
apt-get -o Acquire::Retries=3 -o APT::Update::Error-Mode=any update
apt-get -y --no-install-recommends -o Acquire::Retries=3 -o DPkg::Lock::Timeout=300 -o Dpkg::Use-Pty=0 \
  install ca-certificates curl git iproute2 lsb-release python3 sudo
echo "The machine is ready for DevStack"
