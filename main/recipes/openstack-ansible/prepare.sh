# Makes the machine ready for OpenStack-Ansible: room, an up-to-date system, git.

# They would take apt's lock in the middle of the install. Absent ones are fine.
systemctl disable --quiet --now apt-daily.timer apt-daily-upgrade.timer unattended-upgrades.service 2>/dev/null || true

export DEBIAN_FRONTEND=noninteractive NEEDRESTART_SUSPEND=1
apt-get -o Acquire::Retries=3 -o APT::Update::Error-Mode=any update
echo "Updating the system"
apt-get -y -o Acquire::Retries=3 -o DPkg::Lock::Timeout=300 -o Dpkg::Use-Pty=0 \
  -o Dpkg::Options::=--force-confdef -o Dpkg::Options::=--force-confold dist-upgrade
apt-get -y --no-install-recommends -o Acquire::Retries=3 -o DPkg::Lock::Timeout=300 -o Dpkg::Use-Pty=0 \
  install ca-certificates curl git iproute2 locales python3
if [ -e /var/run/reboot-required ]; then echo "A newer kernel waits for the next restart"; fi
echo "The machine is ready for OpenStack-Ansible"
