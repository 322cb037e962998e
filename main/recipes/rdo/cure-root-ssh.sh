# Lets the machine's own administrator in by ssh, with a key and from this machine alone. From the environment: ADDRESS of this
# machine.

folder=/etc/ssh/sshd_config.d
install -d -m 0700 "$folder"
# Its name is in front of the others: sshd takes what it reads first.
cat >"$folder/00-stackbox-packstack.conf" <<CONF
# Written by Stackbox: packstack works through ssh, even on the machine that it runs on.
Match User root Address 127.0.0.1,::1,$ADDRESS
  PermitRootLogin prohibit-password
  PubkeyAuthentication yes
CONF
chmod 0600 "$folder/00-stackbox-packstack.conf"
if ! sshd -t; then
  rm -f "$folder/00-stackbox-packstack.conf"
  echo "sshd does not take the setting; its own files are left as they were" >&2
  exit 1
fi
systemctl reload sshd
if ! ssh -o BatchMode=yes -o StrictHostKeyChecking=accept-new "root@$ADDRESS" true; then
  echo "This machine still does not let its own administrator in: see \"sudo journalctl -u sshd\"" >&2
  exit 1
fi
echo "packstack may work through ssh"
