# What the repairs after a boot share. Each is one script for both: with an empty $fix it says what is gone and ends with 1
# if anything is, else it brings that back.

file=${BOOT_RECORD:-/etc/stackbox/devstack-boot}
if ! [ -e "$file" ]; then
  echo "Nothing was written down when OpenStack was installed"
  exit 0
fi
needed=

# lost WHAT COMMAND…
lost() {
  echo "Gone: $1"
  shift
  needed=yes
  if [ -n "$fix" ]; then "$@"; fi
}

finish() { if [ -z "$fix" ] && [ -n "$needed" ]; then exit 1; fi; }

