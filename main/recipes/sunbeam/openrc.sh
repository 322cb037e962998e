# Writes the file that makes `openstack` work as the administrator, for the login user alone. From the environment: OPENRC.

install -d -m 0755 "$(dirname "$OPENRC")"
new=$(mktemp "$OPENRC.XXXXXX")
trap 'rm -f "$new"' EXIT
runuser -l "$user" -c 'sunbeam openrc' </dev/null >"$new"
grep -q '^export OS_PASSWORD=' "$new" || { echo "Sunbeam gave no credentials" >&2; exit 1; }
# The services listen on addresses inside the machine, which no proxy knows.
printf 'export no_proxy=*\nexport NO_PROXY=*\n' >>"$new"
chmod 0600 "$new"
chown "$user:" "$new"
mv -f "$new" "$OPENRC"
echo "Wrote $OPENRC for $user"
