import { expect, it, onTestFinished } from 'vitest';
import type { Core } from '../../../main/core/open';
import { computer, created, ended } from './kit';

const SIZE = { cols: 80, rows: 24 };

async function openConsole({ services }: Core, cloudId: string): Promise<string> {
  return (await services.terminals.open({ cloudId, kind: 'console', ...SIZE })).terminalId;
}

/** Somebody who looks at a terminal, and acknowledges nothing. */
function look(
  { services }: Core,
  terminalId: string,
): { text: string; state: string; message: string; leave: () => void } {
  const gone = new AbortController();
  const seen = { text: '', state: '', message: '', leave: () => gone.abort() };
  const read = async (): Promise<void> => {
    for await (const event of services.terminals.output(terminalId, 0, gone.signal)) {
      if (event.type === 'data') seen.text += event.text;
      else Object.assign(seen, { state: event.state, message: event.message });
    }
  };
  const reading = read();
  onTestFinished(async () => {
    gone.abort();
    await reading;
  });
  return seen;
}

it('the serial console is one for all who look, and goes back when the last has left', async () => {
  const { open, hypervisor } = await computer();
  const core = await open();
  const cloud = await created(core);
  const [one, other] = await Promise.all([openConsole(core, cloud.id), openConsole(core, cloud.id)]);
  expect(one).toBe(other);
  expect(hypervisor.calls.filter((call) => call.startsWith('openConsole'))).toHaveLength(1);
  const [port] = hypervisor.consoles.values();
  const first = look(core, one);
  const second = look(core, one);
  core.services.terminals.input(one, 'reboot\r');
  for (const window of [first, second]) await expect.poll(() => window.text).toContain('reboot');
  expect(port?.typed).toBe('reboot\r');
  // The first words say what nobody would guess: that there is no password yet.
  expect(first.text).toMatch(/^Serial console of lab-1\. .*\r\n.*debian no password/);

  // The first closes its tab; the second goes on.
  core.services.terminals.close(one);
  first.leave();
  port?.say('still here');
  await expect.poll(() => second.text).toContain('still here');
  await expect.poll(() => core.services.terminals.list(cloud.id).length).toBe(1);
  second.leave();
  await expect.poll(() => first.text === second.text).toBe(false);
  core.services.terminals.close(one);
  expect(core.services.terminals.list(cloud.id)).toEqual([]);
  await expect.poll(() => hypervisor.consoles.size).toBe(0);
  // And can be had again at once.
  await openConsole(core, cloud.id);
});

it('the console is there when SSH is not, and says so when another program has it or the machine is off', async () => {
  const { open, guest, hypervisor } = await computer();
  const core = await open();
  const cloud = await created(core);
  const { clouds } = core.services;
  await guest(cloud).powerOff();
  const id = await openConsole(core, cloud.id);
  const seen = look(core, id);
  await expect.poll(() => seen.state).toBe('open');

  await clouds.stop(cloud.id, true);
  await ended(core, cloud);
  await expect.poll(() => [seen.state, seen.message]).toEqual(['lost', expect.stringContaining('switched off')]);
  await expect(core.services.terminals.reconnect(id)).rejects.toMatchObject({ code: 'unreachable' });
  expect(hypervisor.consoles.size).toBe(0);
  await clouds.start(cloud.id);
  await ended(core, cloud);
  await core.services.terminals.reconnect(id);
  [...hypervisor.consoles.values()].forEach((port) => port.say('booted again'));
  await expect.poll(() => seen.text).toContain('booted again');
  core.services.terminals.closeAll();

  const [[domain = ''] = []] = hypervisor.domains;
  await expect.poll(() => hypervisor.consoles.size).toBe(0);
  hypervisor.consoles.set(domain, { typed: '', say: () => undefined, end: () => undefined });
  await expect(openConsole(core, cloud.id)).rejects.toMatchObject({ code: 'busy' });
  expect(core.services.terminals.list(cloud.id)).toEqual([]);
});

it('a machine that says a lot is not held up by a window that does not read, and the console goes back with the app', async () => {
  const { open, hypervisor } = await computer();
  const core = await open();
  const cloud = await created(core);
  const id = await openConsole(core, cloud.id);
  const stuck = look(core, id);
  const [port] = hypervisor.consoles.values();
  for (let n = 0; n < 300; n++) port?.say('x'.repeat(10_000));
  port?.say('the end');
  await expect.poll(() => stuck.text.length).toBeGreaterThan(30_000);
  expect(stuck.text.length).toBeLessThan(200_000);
  // Once it reads on it gets the newest, and what was in between is not kept for it.
  core.services.terminals.ack(id, Number.MAX_SAFE_INTEGER);
  await expect.poll(() => stuck.text).toContain('the end');
  expect(stuck.text.length).toBeLessThan(1_500_000);
  await core.close();
  expect(hypervisor.consoles.size).toBe(0);
});
