# Services that ran when OpenStack was installed: the lines `unit`. They come back with the machine, but one that met a network,
# a database or RabbitMQ that was not there yet may have given up. One that somebody disabled since is left alone.

while read -r kind what _; do
  [ "$kind" = unit ] || continue
  systemctl is-enabled --quiet "$what" || continue
  state=$(settled "$what")
  [ "$state" = active ] || lost "$what is $state" again "$what"
done <"$file"
finish
