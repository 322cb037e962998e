# What DevStack's repairs after a boot share, besides shared/boot-lost.sh: what was written down when it was installed.

file=${BOOT_RECORD:-/etc/stackbox/devstack-boot}
if ! [ -e "$file" ]; then
  echo "Nothing was written down when OpenStack was installed"
  exit 0
fi
