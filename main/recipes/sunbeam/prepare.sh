# Makes the machine ready for Sunbeam: room, a full host name, the snap. From the environment: ADDRESS of this machine,
# CHANNEL of the snap, or nothing.

user=$(getent passwd | awk -F: '$3 >= 1000 && $3 < 60000 { print $1; exit }')
[ -n "$user" ] || { echo "There is no login user on this machine." >&2; exit 1; }

# Sunbeam names the hypervisor after what libvirt calls the host, and refuses to go on when "hostname -f" says another name.
name=$(hostname -s)
full=$name.stackbox.test
if [ "$(hostname)" != "$full" ]; then
  install -d -m 0755 /etc/cloud/cloud.cfg.d
  echo 'preserve_hostname: true' >/etc/cloud/cloud.cfg.d/95-stackbox-hostname.cfg
  hostnamectl set-hostname "$full"
fi
if [ "$(getent ahostsv4 "$full" | awk 'NR == 1 { print $1 }')" != "$ADDRESS" ]; then
  new=$(mktemp /etc/.hosts.XXXXXX)
  { echo "$ADDRESS $full $name"; grep -vwF "$full" /etc/hosts || true; } >"$new"
  chmod 0644 "$new"
  mv -f "$new" /etc/hosts
fi
echo "The machine is called $full"

snap wait system seed.loaded
if snap list openstack >/dev/null 2>&1; then
  echo "The snap is there already"
else
  echo "Installing the snap openstack${CHANNEL:+ from $CHANNEL}"
  snap install openstack ${CHANNEL:+--channel "$CHANNEL"}
fi
echo "The machine is ready for Sunbeam"
