# A MariaDB that was cut off (a power cut, a machine switched off) does not start by itself: Galera fears that another node has
# newer data, and waits for somebody to say that there is none. "kolla-ansible mariadb-recovery" does, with the newest data.

unit=kolla-mariadb-container.service
log=/var/log/kolla/mariadb/mariadb.log
if ! systemctl is-enabled --quiet "$unit" 2>/dev/null; then
  echo "There is no MariaDB here"
  exit 0
fi
# A minute and a half.
for _ in $(seq 30); do
  health=$(docker inspect --format '{{if .State.Health}}{{.State.Health.Status}}{{else}}{{.State.Status}}{{end}}' mariadb 2>/dev/null || true)
  case $health in
    healthy | running) echo "MariaDB is well" && exit 0 ;;
  esac
  sleep 3
done
if [ -e "$log" ] && tail -n 100 "$log" | grep -q 'It may not be safe to bootstrap the cluster from this node'; then
  echo "MariaDB was cut off and waits to be told that its data are the newest"
  exit 1
fi
# Whatever else it is, the next repair sees it.
echo "MariaDB is not well yet (${health:-not there}), but was not cut off"
