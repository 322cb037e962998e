# The machine's name has to lead to its address, and not to 127.0.1.1: RabbitMQ looks itself up by it, and Kolla-Ansible's own checks
# want it so. Kolla-Ansible takes cloud-init's line "127.0.1.1 NAME" out of /etc/hosts, and cloud-init puts it back at each boot,
# as the machine's seed tells it. From the environment: ADDRESS of this machine.

name=$(hostname)
# getent fails for a name that leads nowhere.
addresses() { getent ahostsv4 "$name" | awk '{ print $1 }' || true; }

write_hosts() {
  local new
  new=$(mktemp /etc/.hosts.XXXXXX)
  awk -v name="$name" -v address="$ADDRESS" '
    $1 == "127.0.1.1" { for (i = 2; i <= NF; i++) if ($i == name) next }
    $1 == address { for (i = 2; i <= NF; i++) if ($i == name) there = 1 }
    { print }
    END { if (!there) print address, name }' /etc/hosts >"$new"
  chmod 0644 "$new"
  mv -f "$new" /etc/hosts
}

known=$(addresses)
if ! grep -qxF "$ADDRESS" <<<"$known" || grep -qxF 127.0.1.1 <<<"$known"; then
  lost "the way from $name to $ADDRESS in /etc/hosts" write_hosts
fi
finish
