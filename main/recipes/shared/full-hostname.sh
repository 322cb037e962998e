# Gives the machine a name with a domain, for good, whatever cloud-init thinks at the next boot: RabbitMQ, OVN and libvirt
# name themselves after it. From the environment: ADDRESS of this machine.
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

