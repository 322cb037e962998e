# Settings of the kernel that Kolla-Ansible wrote into /etc/sysctl.conf (roles nova-cell and neutron, config-host.yml): systemd no
# longer reads that file on Debian 13. Lines of a person's own are theirs.

set_sysctl() {
  case $1 in
    net.bridge.*) modprobe br_netfilter ;;
  esac
  sysctl -q -w "$1=$2"
}

if [ -e /etc/sysctl.conf ]; then
  while IFS='=' read -r name value; do
    name=${name//[[:space:]]/}
    value=${value//[[:space:]]/}
    case $name in
      net.bridge.bridge-nf-call-* | net.ipv[46].neigh.default.gc_thresh*) ;;
      *) continue ;;
    esac
    [ "$(sysctl -n "$name" 2>/dev/null)" = "$value" ] || lost "$name=$value" set_sysctl "$name" "$value"
  done </etc/sysctl.conf
fi
finish
