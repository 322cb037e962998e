# Prepares the node with Sunbeam's own script: sudo, LXD, Juju. It works as the login user.

as_user() { runuser -l "$user" -c "$1" </dev/null; }

script=$(mktemp /tmp/stackbox-sunbeam.XXXXXX)
trap 'rm -f "$script"' EXIT
as_user 'sunbeam prepare-node-script --bootstrap' >"$script"
grep -q snap_daemon "$script" || { echo "Sunbeam wrote no script to prepare the node" >&2; exit 1; }
chmod 0755 "$script"
# Its own instructions pipe it into "bash -x"; without -x it prints no key.
as_user "bash $script"

# Group memberships are of the next login: each step after this one is a new one.
for group in snap_daemon lxd; do
  id -nG "$user" | grep -qw "$group" || { echo "$user is not in the group $group" >&2; exit 1; }
done
echo "The node is prepared"
