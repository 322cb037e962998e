# Writes the file that makes `openstack` work as a user, for the login user alone. From the environment: ADDRESS of this
# machine, AUTH_URL of its Keystone, OPENRC, ADMIN_PASSWORD; ACCOUNT when it is another than the administrator, with the
# same password and a project of its own name.

# The first ordinary account is the one that cloud-init made.
user=$(getent passwd | awk -F: '$3 >= 1000 && $3 < 60000 { print $1; exit }')
[ -n "$user" ] || { echo "There is no login user on this machine." >&2; exit 1; }

install -d -m 0755 "$(dirname "$OPENRC")"
new=$(mktemp "$OPENRC.XXXXXX")
trap 'rm -f "$new"' EXIT
cat >"$new" <<RC
export OS_AUTH_TYPE=password
export OS_IDENTITY_API_VERSION=3
export OS_AUTH_URL=$AUTH_URL
export OS_REGION_NAME=RegionOne
export OS_INTERFACE=public
export OS_PROJECT_NAME=${ACCOUNT:-admin}
export OS_PROJECT_DOMAIN_NAME=Default
export OS_USERNAME=${ACCOUNT:-admin}
export OS_USER_DOMAIN_NAME=Default
export OS_PASSWORD=$(printf %q "$ADMIN_PASSWORD")
# The way to this very machine leads through no proxy.
export no_proxy=$ADDRESS\${no_proxy:+,\$no_proxy}
export NO_PROXY=\$no_proxy
RC
chmod 0600 "$new"
chown "$user:" "$new"
mv -f "$new" "$OPENRC"
echo "Wrote $OPENRC for $user"
