# Starts MariaDB and makes Keystone's database. Keystone's account is tied to the system user of the same name
# (unix_socket), so there is no password that could leak.

systemctl enable --quiet mariadb
systemctl start mariadb
mariadb-admin --wait=30 ping

mariadb <<'SQL'
CREATE DATABASE IF NOT EXISTS keystone CHARACTER SET utf8mb3;
CREATE USER IF NOT EXISTS keystone@localhost IDENTIFIED VIA unix_socket;
GRANT ALL PRIVILEGES ON keystone.* TO keystone@localhost;
SQL
echo "Database keystone is ready"
