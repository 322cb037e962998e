#!/bin/sh
# Makes the folder in which the tests' real VBoxManage lives: a Debian sid root with the package `virtualbox` from
# `contrib`. Debian stable has no VirtualBox, and VirtualBox's own packages are on no mirror that a build machine
# reaches. Repeating costs nothing; `--again` makes it anew.
#
# Needs root, mmdebstrap and a Debian host. About 40 s and 750 MB. Nothing stays mounted: the program `VBoxManage`
# beside this script mounts what it needs in a namespace of its own.
set -eu

root=${STACKBOX_VBOX_ROOT:-/var/cache/stackbox-virtualbox-sid}
here=$(cd "$(dirname "$0")" && pwd)

if [ "${1:-}" != --again ] && [ -x "$root/usr/bin/VBoxManage" ]; then
  echo "VirtualBox is in $root"
  exit 0
fi
[ "$(id -u)" = 0 ] || { echo "setup-chroot.sh: needs root to make $root" >&2; exit 1; }
command -v mmdebstrap >/dev/null || { echo "setup-chroot.sh: install the package mmdebstrap first" >&2; exit 1; }

# The mirror that this host itself uses for Debian's packages.
mirror=$(apt-get indextargets --format '$(ORIGIN) $(LABEL) $(REPO_URI)' 'Created-By: Packages' |
  awk '$1 == "Debian" && $2 == "Debian" { print $3; exit }')
[ -n "$mirror" ] || { echo "setup-chroot.sh: no Debian mirror in this host's apt sources (run apt-get update)" >&2; exit 1; }

# Made under a temporary name, so that a broken download never looks like a finished root.
work="$root.part"
rm -rf --one-file-system "$work"
trap 'rm -rf --one-file-system "$work"' EXIT
# sid's signing key is newer than an old host's keyring, hence `trusted`: it is a test tool in a folder of its own.
# udev and systemd are not needed to run a program, so the essential set is all that comes besides VirtualBox.
mmdebstrap --quiet --variant=minbase \
  --aptopt='Acquire::Check-Valid-Until "false"' --aptopt='APT::Install-Recommends "false"' \
  --dpkgopt='path-exclude=/usr/share/doc/*' --dpkgopt='path-exclude=/usr/share/man/*' \
  --include=virtualbox sid "$work" "deb [trusted=yes] $mirror sid main contrib"

rm -rf --one-file-system "$root"
mv "$work" "$root"
trap - EXIT
STACKBOX_VBOX_ROOT=$root "$here/VBoxManage" --version
