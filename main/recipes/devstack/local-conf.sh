# Writes DevStack's configuration. From the environment: LOCAL_CONF, its whole text with the passwords.

file=/opt/stack/devstack/local.conf
new=$(mktemp /opt/stack/devstack/.local.conf.XXXXXX)
trap 'rm -f "$new"' EXIT
printf '%s' "$LOCAL_CONF" >"$new"
chmod 0600 "$new"
chown stack:stack "$new"

# What somebody changed by hand in the machine is not lost.
if [ -e "$file" ] && ! cmp -s "$new" "$file"; then
  cp -p "$file" "$file.previous"
  echo "The local.conf that was there is kept as $file.previous"
fi
mv -f "$new" "$file"

# DevStack would prefer a file of this name to the section in local.conf.
if [ -e /opt/stack/devstack/localrc ]; then
  mv -f /opt/stack/devstack/localrc /opt/stack/devstack/localrc.previous
  echo "A localrc was in the way and is kept as localrc.previous"
fi
echo "Wrote $file"
