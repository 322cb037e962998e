# Makes the machine ready for Kolla-Ansible: what pip builds with, what Ansible's modules for apt ask for (python3-apt, gpg; vendors'
# images may lack them), and a second interface for the outside network.

# They would take apt's lock in the middle of the install. Absent ones are fine.
systemctl disable --quiet --now apt-daily.timer apt-daily-upgrade.timer unattended-upgrades.service 2>/dev/null || true

export DEBIAN_FRONTEND=noninteractive
apt-get -o Acquire::Retries=3 -o APT::Update::Error-Mode=any update
apt-get -y --no-install-recommends -o Acquire::Retries=3 -o DPkg::Lock::Timeout=300 -o Dpkg::Use-Pty=0 \
  install ca-certificates curl gcc git gpg iproute2 libc6-dev libdbus-glib-1-dev libffi-dev libssl-dev \
  python3-apt python3-dev python3-venv

# Neutron swallows the interface of the outside network, so that cannot be the machine's own. This one leads nowhere, and
# has to be there again after each boot.
cat >/etc/systemd/system/stackbox-external.service <<'UNIT'
[Unit]
Description=Interface for the outside network of OpenStack
After=network-pre.target
Before=network.target docker.service
[Service]
Type=oneshot
RemainAfterExit=yes
ExecStart=/bin/sh -c 'ip link show sbext0 >/dev/null 2>&1 || ip link add sbext0 type dummy; ip link set sbext0 up'
[Install]
WantedBy=multi-user.target
UNIT
systemctl daemon-reload
systemctl enable --quiet --now stackbox-external.service
ip link show sbext0
echo "The machine is ready for Kolla-Ansible"
