# Makes the machine what packstack expects: English, no firewall, a key of its own.
# From the environment: ADDRESS of this machine.

# Puppet's modules read the output of programs, in English and in UTF-8.
dnf -y --setopt=retries=5 install glibc-langpack-en
localectl set-locale LANG=en_US.UTF-8

# packstack writes rules of its own, which firewalld would throw away.
if systemctl cat firewalld.service >/dev/null 2>&1; then
  systemctl disable --quiet --now firewalld
  echo "firewalld is off"
fi

# NetworkManager stays, as CentOS 9 has nothing else; it only must not touch what Open vSwitch makes.
install -d -m 0755 /etc/NetworkManager/conf.d
cat >/etc/NetworkManager/conf.d/90-stackbox-openvswitch.conf <<'CONF'
[keyfile]
unmanaged-devices=interface-name:br-ex;interface-name:br-int;interface-name:br-tun;interface-name:ovs-system;interface-name:genev_sys_*;interface-name:tap*;interface-name:qbr*;interface-name:qvo*;interface-name:qvb*;interface-name:o-hm*
CONF
if systemctl is-active --quiet NetworkManager; then systemctl reload NetworkManager; fi

# packstack writes the machine's address into databases and certificates, so its guide wants a static one. Ours always comes by
# DHCP as the same (a reservation, or the one address behind user networking; driver.ts, `Attachment`), but a lease can run out
# while its server is away, and takes the address with it. NetworkManager keeps one that is set beside "auto" for good; routes
# and DNS still come by DHCP, so that a machine in another network can be reached. It counts from the next boot on: to apply it
# now could cut us off.
prefix=$(ip -o -4 address show dev "$interface" | awk -v address="$ADDRESS" '{ split($4, part, "/") } part[1] == address { print part[2]; exit }')
connection=$(nmcli --get-values GENERAL.CONNECTION device show "$interface" 2>/dev/null || true)
if [ -z "$connection" ] || [ "$connection" = -- ]; then
  echo "NetworkManager does not look after $interface; its address stays as it is"
elif [[ " $(nmcli --get-values ipv4.addresses connection show "$connection" | tr ',' ' ') " != *" $ADDRESS/$prefix "* ]]; then
  nmcli connection modify "$connection" +ipv4.addresses "$ADDRESS/$prefix"
  echo "The address $ADDRESS/$prefix is static"
fi

# RDO's own guide: its policies were never complete.
if [ -e /etc/selinux/config ]; then
  sed -i 's/^SELINUX=enforcing/SELINUX=permissive/' /etc/selinux/config
  if [ "$(getenforce)" = Enforcing ]; then setenforce 0; fi
fi

# packstack works through ssh, even on the machine that it runs on.
install -d -m 0700 /root/.ssh
[ -e /root/.ssh/id_rsa ] || ssh-keygen -q -t rsa -b 3072 -N '' -C stackbox-packstack -f /root/.ssh/id_rsa
touch /root/.ssh/authorized_keys
chmod 0600 /root/.ssh/authorized_keys
grep -qxF "$(cat /root/.ssh/id_rsa.pub)" /root/.ssh/authorized_keys ||
  cat /root/.ssh/id_rsa.pub >>/root/.ssh/authorized_keys
if ! ssh -o BatchMode=yes -o StrictHostKeyChecking=accept-new "root@$ADDRESS" true; then
  echo "This machine does not let its own administrator in by ssh" >&2
  exit 1
fi
echo "The machine is ready for packstack"
