/**
 * Long work in the guest: a transient systemd unit that writes to a file. It outlives our connection, our crash and the
 * lid of the laptop; we only read its file by byte offset. How it ended is written down by systemd itself.
 */
import { quote } from 'shell-quote';
import { StackboxError } from '../contract/errors';
import type { GuestCallOptions, GuestJob, GuestJobState } from './guest';
import type { ExecResult } from './ssh/exec';

type Call = (argv: readonly string[], options?: GuestCallOptions, quiet?: boolean) => Promise<ExecResult>;
type Again = <T>(signal: AbortSignal, attempt: () => Promise<T>) => Promise<T>;

const JOB_NAME = /^[A-Za-z0-9][A-Za-z0-9-]{0,100}$/;

/** Bytes of a job's log that are read at once. */
const CHUNK = 512 * 1024;
/** A question for more output waits in the guest for this many half seconds, so that a quiet job costs little. */
const PATIENCE = 16;

export class Jobs {
  private readonly call: Call;
  private readonly again: Again;

  /** @param call runs a program in the guest @param again repeats what lost its connection */
  constructor(call: Call, again: Again) {
    this.call = call;
    this.again = again;
  }

  /** Path in the guest of the job's output. */
  static log(name: string): string {
    return `/var/log/stackbox/${checked(name)}.log`;
  }

  /** Starts the job unless it runs or has ended. The values of `env` travel by standard input only. */
  async start(job: GuestJob, signal?: AbortSignal): Promise<void> {
    const folder = folderOf(job.name);
    const exports = Object.entries(job.env ?? {}).map(
      ([name, value]) => `export ${checkedVariable(name)}=${quote([value])}\n`,
    );
    const script = `set -euo pipefail\n${exports.join('')}${job.script}`;
    const { exitCode, stderr, stdout } = await this.call(
      ['sh', '-c', START, 'sh', folder, job.name, Jobs.log(job.name), job.user ?? 'root'],
      {
        root: true,
        input: script,
        ...(signal && { signal }),
      },
    );
    if (exitCode === 0) return;
    throw new StackboxError('guest-failed', `The job ${job.name} could not be started in the guest.`, {
      output: Buffer.concat([stdout, stderr]).toString('utf8').trim(),
      exitCode,
    });
  }

  async state(name: string, signal?: AbortSignal): Promise<GuestJobState> {
    return (await this.ask(name, 0, 0, 0, signal)).state;
  }

  async follow(
    name: string,
    from: number,
    onText: (text: string, next: number) => void | Promise<void>,
    signal: AbortSignal,
  ): Promise<{ exitCode: number; result: string }> {
    const decoder = new TextDecoder('utf-8', { fatal: false });
    let next = from;
    for (;;) {
      const answer = await this.again(signal, () => this.ask(name, next, CHUNK, PATIENCE, signal));
      if (answer.bytes.length > 0) {
        next += answer.bytes.length;
        await onText(decoder.decode(answer.bytes, { stream: true }), next);
      }
      // The end is read before the bytes, so that nothing written before the end is missed.
      if (next >= answer.size && answer.state.state === 'ended') return answer.state;
      if (answer.state.state === 'absent') {
        throw new StackboxError('guest-failed', `The job ${name} is not in the guest any more.`);
      }
    }
  }

  async forget(name: string, signal?: AbortSignal): Promise<void> {
    const argv = ['sh', '-c', FORGET, 'sh', folderOf(name), `${checked(name)}.service`];
    const { exitCode, stderr } = await this.call(argv, { root: true, ...(signal && { signal }) });
    if (exitCode === 0) return;
    throw new StackboxError('guest-failed', `The job ${name} could not be ended.`, {
      output: stderr.toString('utf8'),
      exitCode,
    });
  }

  private async ask(
    name: string,
    from: number,
    length: number,
    patience: number,
    signal?: AbortSignal,
  ): Promise<Answer> {
    const words = [
      folderOf(name),
      `${checked(name)}.service`,
      Jobs.log(name),
      String(from),
      String(length),
      String(patience),
    ];
    const { exitCode, stdout, stderr } = await this.call(
      ['sh', '-c', ASK, 'sh', ...words],
      { root: true, ...(signal && { signal }) },
      true,
    );
    if (exitCode !== 0) {
      throw new StackboxError('guest-failed', `The job ${name} could not be asked for its state.`, {
        output: stderr.toString('utf8'),
        exitCode,
      });
    }
    return parseAnswer(stdout);
  }
}

interface Answer {
  readonly state: GuestJobState;
  /** Length of the log in bytes. */
  readonly size: number;
  readonly bytes: Buffer;
}

/** First line: size and state; then the bytes. */
function parseAnswer(stdout: Buffer): Answer {
  const end = stdout.indexOf('\n');
  const [size = '0', word = '', result = '', code = ''] = stdout.subarray(0, end).toString('latin1').split(' ');
  return { size: Number(size), bytes: stdout.subarray(end + 1), state: parseState(word, result, code) };
}

/** systemd gives an exit status as a number and a signal as its name. */
function parseState(word: string, result: string, code: string): GuestJobState {
  switch (word) {
    case 'running':
      return { state: 'running' };
    case 'ended':
      return { state: 'ended', exitCode: /^\d+$/.test(code) ? Number(code) : 255, result };
    case 'interrupted':
      return { state: 'ended', exitCode: 255, result: 'interrupted' };
    default:
      return { state: 'absent' };
  }
}

function folderOf(name: string): string {
  return `/var/lib/stackbox/jobs/${checked(name)}`;
}

function checked(name: string): string {
  if (JOB_NAME.test(name)) return name;
  throw new StackboxError('internal', `"${name}" cannot be the name of a job.`);
}

function checkedVariable(name: string): string {
  if (/^[A-Za-z_][A-Za-z0-9_]*$/.test(name)) return name;
  throw new StackboxError('internal', `"${name}" cannot be the name of a variable.`);
}

/**
 * `$1` folder, `$2` unit, `$3` log, `$4` user; the script comes by standard input. `begun` tells a job that was cut off by a
 * reboot of the guest from one that never was. The script holds values that may be secret and goes when the job ends.
 */
const START = `set -eu
umask 077
[ ! -e "$1/begun" ] || exit 0
mkdir -p "$1" /var/log/stackbox
chmod 0755 /var/lib/stackbox /var/lib/stackbox/jobs /var/log/stackbox "$1"
cat >"$1/run"
chown "$4" "$1/run"
cat >"$1/end.sh" <<'END'
printf '%s %s\\n' "$SERVICE_RESULT" "\${EXIT_STATUS:-255}" >"$1/end.part"
rm -f "$1/run"
mv "$1/end.part" "$1/end"
END
touch "$3"
chmod 0644 "$3"
systemctl reset-failed "$2.service" 2>/dev/null || true
touch "$1/begun"
systemd-run --quiet --collect --no-block --unit="$2" --uid="$4" --property=Type=exec \\
  --property=StandardOutput=append:"$3" --property=StandardError=append:"$3" \\
  --property=EnvironmentFile=-/etc/environment --property=OOMPolicy=continue \\
  --property=ExecStopPost="+/bin/sh $1/end.sh $1" \\
  /bin/bash "$1/run" || { rm -f "$1/begun"; exit 1; }`;

/** `$1` folder, `$2` unit, `$3` log, `$4` from, `$5` length, `$6` half seconds to wait for more. */
const ASK = `n=0
while :; do
  if [ -e "$1/end" ]; then word="ended $(cat "$1/end")"
  elif [ ! -e "$1/begun" ]; then word=absent
  else
    case $(systemctl show -p ActiveState --value "$2") in
      active | activating | deactivating | reloading) word=running ;;
      *) if [ -e "$1/end" ]; then word="ended $(cat "$1/end")"; else word=interrupted; fi ;;
    esac
  fi
  size=$(stat -c %s "$3" 2>/dev/null || echo 0)
  if [ "$word" != running ] || [ "$size" -gt "$4" ] || [ "$n" -ge "$6" ]; then break; fi
  n=$((n + 1))
  sleep 0.5
done
echo "$size $word"
if [ "$5" -gt 0 ] && [ "$size" -gt "$4" ]; then tail -c +$(($4 + 1)) "$3" | head -c "$5"; fi`;

/** `$1` folder, `$2` unit. A unit that is not there cannot be stopped, and need not be. */
const FORGET = `set -eu
systemctl stop "$2" 2>/dev/null || true
systemctl reset-failed "$2" 2>/dev/null || true
rm -rf "$1"`;
