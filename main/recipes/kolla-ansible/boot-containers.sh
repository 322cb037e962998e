# Containers that do not run, or that are not well. Each has a unit of systemd, which starts it with the machine and gives up after
# ten failures in two minutes (kolla_systemd_worker.py): mostly because MariaDB or RabbitMQ was not there yet. One that somebody
# disabled is left alone.

# Those that others wait for come first.
first='openvswitch_db openvswitch_vswitchd mariadb memcached rabbitmq keystone_fernet keystone'
containers() {
  local all name
  all=$(systemctl list-unit-files --no-legend --state=enabled 'kolla-*-container.service' |
    awk '{ sub(/^kolla-/, "", $1); sub(/-container\.service$/, "", $1); print $1 }')
  for name in $first; do if grep -qx "$name" <<<"$all"; then echo "$name"; fi; done
  for name in $all; do case " $first " in *" $name "*) ;; *) echo "$name" ;; esac; done
}

# What was restarted because its own check failed. It is not restarted for that again within ten minutes, nor is a start of the
# machine given up for it: on a slow computer such checks run out of time though the service works, and the proof is to decide.
restarted=/run/stackbox-kolla-restarted
fresh() { [ -n "$(find "$restarted" -mmin -10 2>/dev/null)" ]; }
lately() { fresh && grep -qx "$1" "$restarted"; }
heal() {
  fresh || : >"$restarted"
  echo "$1" >>"$restarted"
  again "kolla-$1-container.service"
}

# Looks left, two seconds apart: all containers share them.
patience=75

# look NAME: leaves in $wrong what is wrong with a container. One without a check of its own is well when it runs.
look() {
  local state health
  while :; do
    state=$(systemctl is-active "kolla-$1-container.service" || true)
    health=$(docker inspect --format '{{if .State.Health}}{{.State.Health.Status}}{{end}}' "$1" 2>/dev/null || true)
    if [ "$patience" -le 0 ]; then break; fi
    if [ "$state" != activating ] && [ "$health" != starting ]; then break; fi
    patience=$((patience - 1))
    sleep 2
  done
  wrong=
  if [ "$state" != active ]; then
    wrong=$state
  elif [ "$health" = unhealthy ] && ! lately "$1"; then
    wrong=unhealthy
  fi
}

for name in $(containers); do
  look "$name"
  case $wrong in
    '') ;;
    unhealthy) lost "$name is unhealthy" heal "$name" ;;
    *) lost "$name is $wrong" again "kolla-$name-container.service" ;;
  esac
done
finish
