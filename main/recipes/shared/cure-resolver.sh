# Makes the machine resolve names again. From the environment: HOST, the git server, or an address.

case $HOST in
  \[*) name=pypi.org ;;
  *[!0-9.]*) name=$HOST ;;
  *) name=pypi.org ;;
esac
works() { timeout 20 getent ahosts "$name" >/dev/null; }

if works; then
  echo "$name is resolved again"
  exit 0
fi

# Bridges of Open vSwitch come and go, and may leave it with none of its servers.
if systemctl is-active --quiet systemd-resolved; then
  systemctl restart systemd-resolved
  sleep 3
  if works; then
    echo "$name is resolved again, after a restart of systemd-resolved"
    exit 0
  fi
fi

# The servers that the network itself named, without the stub of systemd-resolved; then the router, which often is one.
servers=$({
  cat /run/systemd/resolve/resolv.conf /run/NetworkManager/no-stub-resolv.conf /etc/resolv.conf 2>/dev/null || true
  ip -4 route show default | awk '{ print "nameserver", $3 }'
} | awk '$1 == "nameserver" && $2 !~ /^127\./ && !seen[$2]++ { print $2 }')
if [ -z "$servers" ]; then
  echo "The network names no server that resolves names" >&2
  exit 1
fi

file=/etc/resolv.conf
cp -P --remove-destination "$file" "$file.stackbox-before" 2>/dev/null || true
rm -f "$file"
printf 'nameserver %s\n' $servers >"$file"
if works; then
  echo "$name is resolved again, by" $servers
  exit 0
fi
if [ -e "$file.stackbox-before" ] || [ -L "$file.stackbox-before" ]; then mv -f "$file.stackbox-before" "$file"; fi
echo "$name is not resolved by" $servers "either: see whether this computer resolves names" >&2
exit 1
