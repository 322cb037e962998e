#!/usr/bin/env bash
# Makes a Debian 12 cloud image from Debian's packages alone, as vendors ship theirs: cloud-init, an SSH server, no keys.
# The tests' guest. Kept in .cache/guest-image under the hash of this file; prints its path as the last line.
# Needs root and: mmdebstrap extlinux syslinux-common e2fsprogs fdisk qemu-utils
set -euo pipefail

here=$(cd "$(dirname "$0")" && pwd)
cache=$(cd "$here/../.." && pwd)/.cache/guest-image
image=$cache/debian-12-test-$(sha256sum "$here/build.sh" | cut -c1-12).qcow2
if [ -s "$image.sha512" ]; then
  echo "$image"
  exit 0
fi
[ "$(id -u)" = 0 ] || { echo "Making the test image needs root (loop devices)." >&2; exit 1; }

mkdir -p "$cache"
work=$(mktemp -d "$cache/work.XXXXXX")
loop=
clean() {
  mountpoint -q "$work/root" && umount "$work/root"
  [ -n "$loop" ] && losetup -d "$loop"
  rm -rf "$work"
}
trap clean EXIT

# Every test that boots it is emulated, so what no test needs is left out: drivers of devices that no machine of ours has
# (of the network cards all but VirtualBox's), manuals, and from the initial RAM disk all but the way to the disk and to the
# seed: systemd asks cloud-init for it before udev has loaded a driver, and without one cloud-init stays off (VirtualBox's
# seed is a CD).
leave_out=()
for folder in sound drivers/{gpu,media,staging,infiniband,iio,hwmon,isdn,usb,thunderbolt,mtd,nfc,bluetooth} \
  drivers/net/{wireless,ethernet}; do
  leave_out+=(--dpkgopt="path-exclude=/lib/modules/*/kernel/$folder/*")
done
leave_out+=(--dpkgopt='path-include=/lib/modules/*/kernel/drivers/net/ethernet/intel/e1000/*')
leave_out+=(--dpkgopt='path-exclude=/usr/share/doc/*' --dpkgopt='path-exclude=/usr/share/man/*')
small_ram_disk='
  mkdir -p "$1/etc/initramfs-tools/conf.d" "$1/usr/share/initramfs-tools/modules.d"
  echo MODULES=list >"$1/etc/initramfs-tools/conf.d/only-the-disk"
  printf "%s\n" virtio_pci virtio_blk ahci sd_mod sr_mod isofs ext4 >"$1/usr/share/initramfs-tools/modules.d/only-the-disk"'

# The generic kernel instead of the cloud one: it has AHCI, so that VirtualBox can boot the same image.
# locales: without it cloud-init ends with "status: error" (module cc_locale).
mmdebstrap --quiet --variant=minbase "${leave_out[@]}" --essential-hook="$small_ram_disk" --include=linux-image-amd64,cloud-init,openssh-server,sudo,systemd-sysv,udev,dbus,\
netplan.io,iproute2,ca-certificates,git,python3,curl,procps,libpam-systemd,systemd-resolved,systemd-timesyncd,\
cloud-guest-utils,locales,iputils-ping,zstd bookworm "$work/root.tar" >&2

truncate -s 3G "$work/disk.raw"
echo '2048,,83,*' | sfdisk -q "$work/disk.raw"
dd if=/usr/lib/syslinux/mbr/mbr.bin of="$work/disk.raw" bs=440 count=1 conv=notrunc status=none
# By offset and not by partition scan: without udev nobody makes /dev/loop0p1.
loop=$(losetup -f --show -o $((2048 * 512)) "$work/disk.raw")
# extlinux 6 cannot read a file system with 64bit.
mkfs.ext4 -q -O ^64bit -L root "$loop"
mkdir "$work/root"
mount "$loop" "$work/root"
tar -xf "$work/root.tar" -C "$work/root"

root=$work/root
echo 'LABEL=root / ext4 defaults,discard 0 1' >"$root/etc/fstab"
: >"$root/etc/machine-id"
rm -f "$root"/etc/ssh/ssh_host_* "$root/etc/hostname"
ln -sf /run/systemd/resolve/stub-resolv.conf "$root/etc/resolv.conf"
# What is installed into it later is installed whole.
rm -f "$root/etc/dpkg/dpkg.cfg.d/99mmdebstrap"
# They would start beside a test, at a time of their own.
for unit in apt-daily.timer apt-daily-upgrade.timer dpkg-db-backup.timer e2scrub_all.timer e2scrub_reap.service fstrim.timer; do
  ln -sf /dev/null "$root/etc/systemd/system/$unit"
done
cat >"$root/etc/apt/sources.list" <<'LIST'
deb http://deb.debian.org/debian bookworm main
deb http://deb.debian.org/debian bookworm-updates main
deb http://deb.debian.org/debian-security bookworm-security main
LIST

kernel=$(basename "$root"/boot/vmlinuz-*)
initrd=$(basename "$root"/boot/initrd.img-*)
mkdir -p "$root/boot/extlinux"
# norandmaps: QEMU translates a program anew when it stands at another address, see main/seed/documents.ts.
cat >"$root/boot/extlinux/extlinux.conf" <<CONF
DEFAULT linux
PROMPT 0
TIMEOUT 1
LABEL linux
  KERNEL /boot/$kernel
  INITRD /boot/$initrd
  APPEND root=LABEL=root ro norandmaps console=tty0 console=ttyS0,115200
CONF
extlinux --install "$root/boot/extlinux" >&2
umount "$root"
losetup -d "$loop"
loop=

qemu-img convert -c -O qcow2 "$work/disk.raw" "$work/disk.qcow2"
(cd "$work" && sha512sum disk.qcow2 | sed "s/disk.qcow2/$(basename "$image")/" >disk.sha512)
mv "$work/disk.qcow2" "$image"
mv "$work/disk.sha512" "$image.sha512"
echo "$image"
