# Loop devices of Cinder's volumes, Swift's disk, and etcd's ramdisk.

attach() {
  local name
  name=$(basename "$1")
  # Older branches have no unit for it.
  if systemctl cat "$name.service" >/dev/null 2>&1; then systemctl restart "$name.service"; else losetup --find "$1"; fi
  case $name in
    *-backing-file) vgchange --activate y "${name%-backing-file}" ;;
  esac
}

# etcd has begun to write beneath it meanwhile; what it had in the ramdisk went with the boot anyway.
ramdisk() {
  systemctl stop devstack@etcd.service
  mount -t tmpfs -o "nodev,nosuid,$2" tmpfs "$1"
  systemctl start devstack@etcd.service
}

while read -r kind what more; do
  case $kind in
    loop) [ -n "$(losetup --associated "$what" --noheadings --output NAME)" ] || lost "loop device of $what" attach "$what" ;;
    mount) mountpoint -q "$what" || lost "mount of $what" mount "$what" ;;
    ramdisk) mountpoint -q "$what" || lost "ramdisk at $what" ramdisk "$what" "$more" ;;
  esac
done <"$file"
finish
