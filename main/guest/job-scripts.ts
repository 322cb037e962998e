/** What runs in the guest to start, ask, follow and forget a job. Values come in as arguments, never by templating. */

/**
 * `$1` folder, `$2` unit without its suffix, `$3` log, `$4` user, `$5` length of the script, which comes by standard input. A
 * connection that is lost in the middle looks like the end of the script: half of one must never run. `begun` tells a job
 * that was cut off by a reboot of the guest from one that never was. The script holds values that may be secret and goes
 * when the job ends. One start or end at a time: a start whose connection was cut goes on in the guest, and may meet the
 * next one. Whoever has the lock finishes, also when it was cancelled: stopped between `begun` and its unit, it would leave
 * a job that the next start takes for one that runs. How it ended is written by the job's own user and not by "+", root:
 * systemd 252 writes that property to the unit's file under a name it cannot read back, and forgets it at the next
 * daemon-reload, which packages cause.
 */
export const START = `set -eu
umask 077
jobs=\${1%/*}
mkdir -p "$jobs" /var/log/stackbox
chmod 0755 /var/lib/stackbox "$jobs" /var/log/stackbox
part=$(mktemp "$jobs/part.XXXXXX")
trap 'rm -f "$part"' EXIT
cat >"$part"
[ "$(stat -c %s "$part")" = "$5" ] || { echo 'The script came incomplete.' >&2; exit 1; }
exec 9>"$jobs/lock"
flock 9
trap '' TERM HUP
[ ! -e "$1/begun" ] || exit 0
mkdir -p "$1"
chmod 0755 "$1"
mv "$part" "$1/run"
cat >"$1/end.sh" <<'END'
umask 022
printf '%s %s\\n' "$SERVICE_RESULT" "\${EXIT_STATUS:-255}" >"$1/end.part"
rm -f "$1/run"
mv "$1/end.part" "$1/end"
END
chown -R "$4" "$1"
touch "$3"
chmod 0644 "$3"
systemctl reset-failed "$2.service" 2>/dev/null || true
touch "$1/begun"
systemd-run --quiet --collect --no-block --unit="$2" --uid="$4" --property=Type=exec \\
  --property=StandardOutput=append:"$3" --property=StandardError=append:"$3" \\
  --property=EnvironmentFile=-/etc/environment --property=OOMPolicy=continue \\
  --property=ExecStopPost="/bin/sh $1/end.sh $1" \\
  /bin/bash "$1/run" 9>&- || { rm -f "$1/begun"; exit 1; }`;

/** `$1` folder, `$2` unit. Needs no privileges. */
export const ASK = `if [ -e "$1/end" ]; then echo "ended $(cat "$1/end")"; exit; fi
if [ ! -e "$1/begun" ]; then echo absent; exit; fi
case $(systemctl show -p ActiveState --value "$2") in
  active | activating | deactivating | reloading) echo running ;;
  *) if [ -e "$1/end" ]; then echo "ended $(cat "$1/end")"; else echo interrupted; fi ;;
esac`;

/**
 * The log from byte `$4` on until the job has ended. `$1` folder, `$2` unit, `$3` log. One process for each half second in
 * which something came and none in a silent one; no sudo, which costs a tenth of a second each time under emulation. Bash's
 * \`read\` is the pause: standard input is our connection, so its end (status 1, not a time-out above 128) is ours too. The end
 * is looked for before the log is read, so that nothing that was written before it is missed.
 */
export const FOLLOW = `[ -e "$3" ] || exit 0
exec 3<"$3"
tail -c "+$(($4 + 1))" <&3
turn=0
while :; do
  over=
  if [ -e "$1/end" ] || [ ! -e "$1/begun" ]; then over=yes
  elif [ $((turn % 20)) = 0 ]; then
    case $(systemctl show -p ActiveState --value "$2") in
      active | activating | deactivating | reloading) ;;
      *) over=yes ;;
    esac
  fi
  cat <&3
  [ -z "$over" ] || exit 0
  turn=$((turn + 1))
  read -r -t 0.5 _ || [ $? -gt 128 ] || exit 1
done`;

/** `$1` folder, `$2` unit. A unit that is not there cannot be stopped, and need not be. */
export const FORGET = `set -eu
mkdir -p "\${1%/*}"
exec 9>"\${1%/*}/lock"
flock 9
systemctl stop "$2" 2>/dev/null || true
systemctl reset-failed "$2" 2>/dev/null || true
rm -rf "$1"`;
