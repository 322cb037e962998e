# The loop device of Cinder's volume group, and Swift's disk.

# packstack's own unit knows how; the volume group is called as the file is.
attach() {
  again openstack-losetup.service
  vgchange --activate y "$(basename "$1")"
}

while read -r kind what _; do
  case $kind in
    loop) [ -n "$(losetup --associated "$what" --noheadings --output NAME)" ] || lost "loop device of $what" attach "$what" ;;
    mount) mountpoint -q "$what" || lost "mount of $what" mount "$what" ;;
  esac
done <"$file"
finish
