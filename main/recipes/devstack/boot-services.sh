# Services that ran when DevStack was installed. They come back with the machine, but one that met a network or a database
# that was not there yet may have given up. One that somebody disabled since is left alone.

while read -r kind what _; do
  [ "$kind" = unit ] || continue
  systemctl is-enabled --quiet "$what" || continue
  state=$(settled "$what")
  [ "$state" = active ] || lost "$what is $state" again "$what"
done <"$file"
finish
