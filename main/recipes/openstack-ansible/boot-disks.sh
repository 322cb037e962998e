# Loop devices of Cinder and Ceph, Nova's disk, and what Ceph's OSDs keep in memory.

attach() {
  systemctl restart "loop-$1.service" && return
  # The number that its unit asks for is taken, by a snap for one. LVM knows its volumes by their labels, whatever the number.
  losetup --find "$2"
  pvscan --cache --activate ay
}

while read -r kind what more; do
  case $kind in
    loop) [ -n "$(losetup --associated "$more" --noheadings --output NAME)" ] || lost "loop device of $more" attach "$what" "$more" ;;
    mount) mountpoint -q "$what" || lost "mount of $what" systemctl restart "$(systemd-escape --path --suffix=mount "$what")" ;;
    group) vgs "$what" >/dev/null 2>&1 || lost "volume group $what" vgchange --activate y "$what" ;;
    volume) [ -e "$what" ] || lost "volume $what" vgchange --activate y "$(basename "$(dirname "$what")")" ;;
    osd) mountpoint -q "$what" || lost "Ceph's OSD ${what##*-}" ceph-volume lvm activate --all ;;
  esac
done <"$file"
finish
