# Finds `user`: the first ordinary account is the one that cloud-init made.
user=$(getent passwd | awk -F: '$3 >= 1000 && $3 < 60000 { print $1; exit }')
[ -n "$user" ] || { echo "There is no login user on this machine." >&2; exit 1; }

