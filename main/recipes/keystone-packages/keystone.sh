# Configures, fills and starts Keystone. From the environment: ADDRESS of this machine, ADMIN_PASSWORD.

# A file of our own beside the package's, which therefore stays as it came.
install -d -m 0750 -o root -g keystone /etc/keystone/keystone.conf.d
cat >/etc/keystone/keystone.conf.d/stackbox.conf <<'CONF'
[database]
connection = mysql+pymysql://keystone@localhost/keystone?unix_socket=/run/mysqld/mysqld.sock

[token]
provider = fernet
CONF

as_keystone() { runuser -u keystone -- "$@"; }

# Ubuntu's package leaves the folders of the keys to whoever needs them.
install -d -m 0700 -o keystone -g keystone /etc/keystone/fernet-keys /etc/keystone/credential-keys

# Each call takes a while to load Keystone: the keys are made beside the tables.
echo "Making keys"
(
  as_keystone keystone-manage fernet_setup --keystone-user keystone --keystone-group keystone
  as_keystone keystone-manage credential_setup --keystone-user keystone --keystone-group keystone
) &
keys=$!
echo "Filling the database"
as_keystone keystone-manage db_sync
wait "$keys"

# The password travels in the environment: arguments are for everybody to see.
echo "Creating the administrator, the region and the endpoints"
url="http://$ADDRESS:5000/v3/"
OS_BOOTSTRAP_PASSWORD=$ADMIN_PASSWORD as_keystone keystone-manage bootstrap \
  --bootstrap-username admin --bootstrap-project-name admin --bootstrap-role-name admin \
  --bootstrap-service-name keystone --bootstrap-region-id RegionOne \
  --bootstrap-public-url "$url" --bootstrap-internal-url "$url" --bootstrap-admin-url "$url"

# Debian serves Keystone by uWSGI in a unit of its own, Ubuntu by a site of Apache.
if systemctl cat keystone.service >/dev/null 2>&1; then
  unit=keystone
  # The package starts 8 processes of 130 MiB, meant for a large server; each loads all of Keystone before it answers,
  # which takes a minute or more when emulated.
  sed -i 's/^processes = .*/processes = 1/; s/^threads = .*/threads = 8/' /etc/keystone/keystone-uwsgi.ini
else
  unit=apache2
  a2ensite --quiet keystone
fi
echo "Starting $unit"
systemctl enable --quiet "$unit"
systemctl restart "$unit"

until python3 - <<'PYTHON'; do
import sys, urllib.request
direct = urllib.request.build_opener(urllib.request.ProxyHandler({}))
try:
    direct.open('http://127.0.0.1:5000/v3', timeout=60).read()
except OSError as error:
    print(f'Keystone does not answer yet: {error}', flush=True)
    sys.exit(1)
PYTHON
  tries=$((${tries:-0} + 1))
  if systemctl is-failed --quiet "$unit" || [ "$tries" -ge 60 ]; then
    echo "Keystone did not start" >&2
    journalctl --no-pager --lines 50 --unit "$unit" >&2
    tail -n 50 /var/log/keystone/keystone.log >&2 || true
    exit 1
  fi
  sleep 2
done
echo "Keystone answers"
