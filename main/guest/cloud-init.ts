/** Waiting for cloud-init, and what it says when it failed. */
import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import { StackboxError } from '../contract/errors';
import type { ContactContext } from './contact-context';
import type { Guest } from './guest';

/** `cloud-init status --format json`; `errors` and `recoverable_errors` since 23.4. */
const statusSchema = z.object({
  status: z.string(),
  errors: z.array(z.string()).default([]),
  recoverable_errors: z.record(z.string(), z.array(z.string())).default({}),
});

/**
 * Looks cheaply, in the guest: each `cloud-init status` starts a Python, for a second under emulation and in the way of
 * cloud-init itself. `$1` looks at most, four a second. Says the stage, and how long its log is as a sign of life.
 */
const LOOK_AT_CLOUD_INIT = `n=0
until [ -e /run/cloud-init/result.json ] || [ -e /run/cloud-init/disabled ] || [ "$n" -ge "$1" ]; do
  n=$((n + 1))
  sleep 0.25
done
stat -c %s /var/log/cloud-init.log 2>/dev/null || echo 0
if [ "$n" -ge "$1" ]; then cat /run/cloud-init/status.json 2>/dev/null; else echo ended; fi`;

/** cloud-init's own record of where it is, the same since version 0.7. */
const stageSchema = z.object({ v1: z.object({ stage: z.string().nullable() }) });

/**
 * Waits until cloud-init has ended well. Failures that it recovered from are handed on as lines.
 * @throws StackboxError `guest-failed` with its reason
 */
export async function waitForCloudInit(guest: Guest, context: ContactContext): Promise<'done'> {
  const { signal } = context;
  let seen = '';
  for (;;) {
    const { stdout } = await guest.exec(['sh', '-c', LOOK_AT_CLOUD_INIT, 'sh', '12'], { quiet: true, signal });
    if (stdout === seen) continue;
    seen = stdout;
    const [, ...rest] = stdout.split('\n');
    const state = rest.join('\n').trim();
    if (state === 'ended') break;
    const stage = stageSchema.safeParse(parseJson(state)).data?.v1.stage;
    context.progress(undefined, stage ? `cloud-init: ${stage}` : 'cloud-init works');
  }
  return cloudInitEnd(guest, context);
}

async function cloudInitEnd(guest: Guest, context: ContactContext): Promise<'done'> {
  for (;;) {
    // 0 done, 1 error, 2 recoverable errors: all are answers. Over JSON, because the plain text has changed often.
    const { stdout } = await guest.exec(['cloud-init', 'status', '--format', 'json'], { signal: context.signal });
    const { data } = statusSchema.safeParse(parseJson(stdout));
    const status = data?.status ?? 'not started';
    if (status === 'done' || status === 'disabled' || status.startsWith('degraded')) {
      const [warning] = Object.values(data?.recoverable_errors ?? {}).flat();
      if (warning !== undefined) context.line(warning);
      return 'done';
    }
    if (status === 'error') throw await cloudInitError(guest, data?.errors ?? [], context.signal);
    await sleep(ASK_EVERY, undefined, { signal: context.signal });
  }
}

/** Pause (ms) between questions for the end that its record has but its command not yet. */
const ASK_EVERY = 400;

/** Bytes from the end of cloud-init's output that an error shows. */
const ERROR_TAIL = 8 * 1024;

async function cloudInitError(guest: Guest, errors: readonly string[], signal: AbortSignal): Promise<StackboxError> {
  const log = '/var/log/cloud-init-output.log';
  const { size } = await guest.readFile(log, 0, 0, { root: true, signal });
  const from = Math.max(0, size - ERROR_TAIL);
  const { bytes } = await guest.readFile(log, from, ERROR_TAIL, { root: true, signal });
  const tail = new TextDecoder().decode(bytes).split('\n').slice(-30).join('\n');
  const reason = errors[0] ?? 'it did not say why';
  return new StackboxError('guest-failed', `cloud-init failed in the machine: ${reason}`, {
    output: [...errors, tail].join('\n'),
    hint: 'Its log is under Logs, cloud-init.',
  });
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // Before its first stage cloud-init prints plain text or nothing: it has not started.
    return undefined;
  }
}
