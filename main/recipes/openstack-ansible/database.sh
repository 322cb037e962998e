# MariaDB is a Galera cluster of one. After a stop that was not clean it does not begin a cluster by itself, because another
# member might know more; here there is none. With an empty $fix this only says whether MariaDB is well.

# Where the role galera_server puts the password.
export HOME=/root

# The role's own question (tasks/galera_server_cluster_state.yml, 96e95f71): 2 is a donor, 4 is in sync.
synced() {
  local state
  state=$(mariadb --silent --skip-column-names --connect-timeout=10 -e 'SHOW STATUS LIKE "wsrep_local_state";' 2>/dev/null) || return 1
  [[ $state =~ [[:space:]][24]$ ]]
}

if ! [ -x /usr/local/bin/galera_new_cluster ]; then
  echo "MariaDB is not installed yet"
  exit 0
fi
for _ in $(seq 120); do
  [ "$(systemctl is-active mariadb.service || true)" = activating ] || break
  echo "Waiting for MariaDB" >&2
  sleep 1
done
if synced; then
  echo "MariaDB is in sync"
  exit 0
fi
if [ -z "$fix" ]; then
  echo "MariaDB is not in sync with its cluster of one"
  exit 1
fi

members=$(sed -n 's/^wsrep_cluster_address *= *gcomm:\/\///p' /etc/mysql/conf.d/cluster.cnf)
case $members in
  *,*)
    echo "Galera has other members, $members: one of them may know more, so choose by hand" >&2
    exit 1
    ;;
esac

systemctl stop mariadb.service
systemctl reset-failed mariadb.service 2>/dev/null || true # nothing to reset when it had not failed
state=/var/lib/mysql/grastate.dat
if grep -qs '^safe_to_bootstrap: 0' "$state"; then
  cp -p "$state" "$state.stackbox-before"
  sed -i 's/^safe_to_bootstrap: 0/safe_to_bootstrap: 1/' "$state"
  echo "Told Galera that this machine knows all there is"
fi
status=0
/usr/local/bin/galera_new_cluster || status=$?
# 3 is its word for "it was not running, and is now".
if [ "$status" -ne 0 ] && [ "$status" -ne 3 ]; then
  echo "galera_new_cluster ended with exit code $status" >&2
  journalctl --unit mariadb.service --lines 30 --no-pager >&2
  exit 1
fi
synced || { echo "MariaDB runs, and is still not in sync" >&2; exit 1; }
echo "MariaDB is in sync again"
