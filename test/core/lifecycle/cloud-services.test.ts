/** The services of a running cloud, through its real SSH connection; systemctl and journalctl are played by scripts. */
import { chmod, copyFile, mkdir, readFile, rename, utimes, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { expect, it } from 'vitest';
import type { Cloud } from '../../../main/contract/models';
import type { Core } from '../../../main/core/open';
import type { FolderGuest } from './folder-guest';
import { LONG, computer, created, ended, plan } from './kit';

/** Says what the file `shown` holds, and writes down what it is told to do; jobs of Stackbox go to the kit's own. */
const SYSTEMCTL = `case " $* " in
*" --all "*) echo "$LC_ALL $TZ $*" >>"$GUEST/asked"; cat "$GUEST/shown" ;;
*devstack@* | *mariadb*)
  echo "$*" >>"$GUEST/told"
  case " $* " in *" reset-failed "*) exit 1 ;; esac
  if [ -e "$GUEST/refuses" ]; then echo "Job for $3 failed." >&2; exit 1; fi ;;
*) exec "$GUEST/bin/systemctl-of-jobs" "$@" ;;
esac`;
const JOURNALCTL = `echo "$*" >>"$GUEST/asked"
case "$*" in *after-cursor*) [ -e "$GUEST/late" ] || { : >"$GUEST/late"; exit 0; } ;; esac
cat "$GUEST/journal"`;

const block = (id: string, state = 'active'): string =>
  `Id=${id}\nLoadState=loaded\nActiveState=${state}\nSubState=running\nUnitFileState=enabled\nMemoryCurrent=1048576\n`;
const RUNS = `${block('devstack@n-api.service')}\n${block('mariadb.service')}`;

async function scene(): Promise<{ core: Core; cloud: Cloud; guest: FolderGuest }> {
  const place = await computer();
  const core = await place.open();
  const cloud = await created(core);
  const guest = place.guest(cloud);
  const bin = join(guest.root, 'bin');
  await rename(join(bin, 'systemctl'), join(bin, 'systemctl-of-jobs'));
  for (const [name, script] of Object.entries({ systemctl: SYSTEMCTL, journalctl: JOURNALCTL })) {
    await writeFile(join(bin, name), `#!/bin/sh\n${script}\n`);
    await chmod(join(bin, name), 0o755);
  }
  await writeFile(join(guest.root, 'shown'), RUNS);
  return { core, cloud, guest };
}

const said = async (guest: FolderGuest, file: string): Promise<string[]> =>
  (await readFile(join(guest.root, file), 'utf8')).trim().split('\n');

it('services are listed with one call, by their OpenStack names', async () => {
  const { core, cloud, guest } = await scene();
  expect(cloud.services).toBe(true);
  expect(await core.services.cloudServices.list(cloud.id)).toMatchObject({
    kind: 'units',
    services: [
      { name: 'Nova API', unit: 'devstack@n-api.service', state: 'running', memoryBytes: 1_048_576 },
      { name: 'MariaDB', unit: 'mariadb.service', hurts: 'All services lose their database.' },
    ],
  });
  const [asked, ...more] = await said(guest, 'asked');
  expect(more).toEqual([]);
  expect(asked).toMatch(
    /^C UTC show --all --no-pager --property=Id,\S+ -- devstack@n-api.service devstack@n-sch.service devstack@n-cond-\*.service mariadb.service mysql.service$/,
  );
  // A question that is asked over and over is no news.
  expect(cloud.run?.steps.some(({ lastLine }) => lastLine?.includes('systemctl'))).toBe(false);
});

it('one is restarted, started and stopped, also after it failed too often; systemd’s refusal is told', async () => {
  const { core, cloud, guest } = await scene();
  const { cloudServices } = core.services;
  await writeFile(join(guest.root, 'shown'), block('devstack@n-api.service'));
  for (const action of ['restart', 'start', 'stop'] as const) {
    expect(await cloudServices.act(cloud.id, 'devstack@n-api.service', action)).toMatchObject({ name: 'Nova API' });
  }
  expect(await said(guest, 'told')).toEqual([
    ...['reset-failed -- devstack@n-api.service', 'restart -- devstack@n-api.service'],
    ...['reset-failed -- devstack@n-api.service', 'start -- devstack@n-api.service'],
    ...['reset-failed -- devstack@n-api.service', 'stop -- devstack@n-api.service'],
  ]);
  await writeFile(join(guest.root, 'refuses'), '');
  await expect(cloudServices.act(cloud.id, 'mariadb.service', 'restart')).rejects.toMatchObject({
    code: 'guest-failed',
    facts: { output: 'Job for mariadb.service failed.', exitCode: 1, hint: 'Its journal says why.' },
  });
});

it('nothing but the services of the recipe is touched or read, and not while the cloud is at something else', async () => {
  const { core, cloud, guest } = await scene();
  const { cloudServices, clouds } = core.services;
  for (const unit of ['ssh.service', 'devstack@n-cond-.service/../x.service', '--now.service']) {
    await expect(cloudServices.act(cloud.id, unit, 'stop')).rejects.toMatchObject({ code: 'not-found' });
    const query = { cloudId: cloud.id, units: [unit], lines: 10, waitMs: 0 };
    await expect(cloudServices.journal(query)).rejects.toMatchObject({ code: 'not-found' });
  }
  await clouds.stop(cloud.id, false);
  await expect(cloudServices.act(cloud.id, 'mariadb.service', 'stop')).rejects.toMatchObject({ code: 'busy' });
  await ended(core, cloud);
  await expect(cloudServices.list(cloud.id)).rejects.toMatchObject({ code: 'unreachable' });
  await expect(readFile(join(guest.root, 'told'))).rejects.toThrow('ENOENT');
});

/** The files of the lab's services, and the moment (s) at which they were changed. */
async function configure(guest: FolderGuest, files: Readonly<Record<string, string>>, changed = 1): Promise<void> {
  await mkdir(join(guest.root, 'etc/lab'), { recursive: true });
  for (const [name, text] of Object.entries(files)) {
    const path = join(guest.root, 'etc/lab', name);
    await writeFile(path, text);
    await utimes(path, changed, changed);
  }
}
const started = (id: string, state?: string): string =>
  `${block(id, state)}ActiveEnterTimestamp=Sat 2026-11-21 12:00:05 UTC\n`;
const NOVA_RUNS = [
  started('devstack@n-api.service'),
  started('devstack@n-sch.service'),
  started('devstack@n-cond-cell1.service', 'inactive'),
  block('mariadb.service'),
].join('\n');

it('who logs at debug is told from the files that the services read, or why it cannot be', LONG, async () => {
  const { core, cloud, guest } = await scene();
  const { cloudServices } = core.services;
  await writeFile(join(guest.root, 'shown'), NOVA_RUNS);
  const none = (unit: string, why: string) => ({ kind: 'none', unit, why: expect.stringContaining(why) as string });
  const mariadb = none('mariadb.service', 'no configuration file that has a debug switch of MariaDB');
  expect(await cloudServices.levels(cloud.id)).toEqual([
    none('devstack@n-api.service', 'The machine has no /etc/lab/nova.conf, /etc/lab/more.conf.'),
    none('devstack@n-sch.service', 'The machine has no /etc/lab/nova.conf.'),
    none('devstack@n-cond-cell1.service', '/etc/lab/nova_cell1.conf'),
    mariadb,
  ]);
  await configure(guest, { 'nova.conf': '[DEFAULT]\ndebug = True\n', 'nova_cell1.conf': '[DEFAULT]\ndebug = loud\n' });
  const level = { kind: 'level', debug: true, file: '/etc/lab/nova.conf', stale: false };
  expect(await cloudServices.levels(cloud.id)).toEqual([
    { ...level, unit: 'devstack@n-api.service', alike: ['devstack@n-sch.service'] },
    { ...level, unit: 'devstack@n-sch.service', alike: ['devstack@n-api.service'] },
    none('devstack@n-cond-cell1.service', '/etc/lab/nova_cell1.conf has a debug that is neither true nor false.'),
    mariadb,
  ]);
  // The last file that says so counts; one that was changed after the start may not have been read.
  await configure(guest, { 'more.conf': '[DEFAULT]\ndebug = no\n' }, Date.UTC(2026, 10, 21, 12, 1) / 1000);
  await configure(guest, { 'nova_cell1.conf': '[DEFAULT]\nlog_config_append = /etc/x.yaml\n' });
  expect(await cloudServices.levels(cloud.id)).toEqual([
    { ...level, unit: 'devstack@n-api.service', debug: false, file: '/etc/lab/more.conf', alike: [], stale: true },
    { ...level, unit: 'devstack@n-sch.service', alike: [] },
    none('devstack@n-cond-cell1.service', 'leaves all logging to /etc/x.yaml'),
    mariadb,
  ]);
});

it('debug is switched in the file that decides, all that run by it are restarted, and back again', LONG, async () => {
  const { core, cloud, guest } = await scene();
  const { cloudServices } = core.services;
  await writeFile(join(guest.root, 'shown'), NOVA_RUNS);
  const before = '# of a person\n[DEFAULT]\ndebug = False\n';
  await configure(guest, { 'nova.conf': before, 'nova_cell1.conf': '[DEFAULT]\n' });
  const both = ['devstack@n-api.service', 'devstack@n-sch.service'];
  const on = await cloudServices.setLevel(cloud.id, 'devstack@n-sch.service', true);
  expect(on).toEqual({ file: '/etc/lab/nova.conf', changed: true, restarted: both });
  expect(await readFile(join(guest.root, 'etc/lab/nova.conf'), 'utf8')).toBe(before.replace('False', 'True'));
  expect(await said(guest, 'told')).toEqual([`reset-failed -- ${both.join(' ')}`, `restart -- ${both.join(' ')}`]);
  // Said twice, nothing more happens, but to what started before the file was changed.
  await configure(guest, { 'nova.conf': before.replace('False', 'True') });
  expect(await cloudServices.setLevel(cloud.id, 'devstack@n-sch.service', true)).toMatchObject({
    changed: false,
    restarted: [],
  });
  // What does not run is not started by it.
  expect(await cloudServices.setLevel(cloud.id, 'devstack@n-cond-cell1.service', true)).toMatchObject({
    changed: true,
    restarted: [],
  });
  expect(await said(guest, 'told')).toHaveLength(2);
  await cloudServices.setLevel(cloud.id, 'devstack@n-api.service', false);
  expect(await readFile(join(guest.root, 'etc/lab/nova.conf'), 'utf8')).toBe(before);
});

it('a level that cannot be switched stays, and a restart that fails says what is in the file now', LONG, async () => {
  const { core, cloud, guest } = await scene();
  const { cloudServices, clouds } = core.services;
  await writeFile(join(guest.root, 'shown'), NOVA_RUNS);
  const set = (unit: string) => cloudServices.setLevel(cloud.id, unit, true);
  await expect(set('mariadb.service')).rejects.toMatchObject({
    code: 'conflict',
    facts: { hint: expect.stringContaining('no configuration file') as string },
  });
  for (const unit of ['ssh.service', 'devstack@n-cond-cell9.service', '--now.service']) {
    await expect(set(unit)).rejects.toMatchObject({ code: 'not-found' });
  }
  await configure(guest, { 'nova.conf': '[DEFAULT]\n' });
  await writeFile(join(guest.root, 'refuses'), '');
  await expect(set('devstack@n-api.service')).rejects.toMatchObject({
    code: 'guest-failed',
    message: expect.stringMatching(
      /^\/etc\/lab\/nova\.conf has debug = True now\. systemd could not restart/,
    ) as string,
    facts: { output: 'Job for devstack@n-api.service failed.' },
  });
  // Python that says something else is not believed.
  await writeFile(join(guest.root, 'bin/python3'), '#!/bin/sh\necho "[{\\"debug\\": 1}]"\n', { mode: 0o755 });
  await expect(cloudServices.levels(cloud.id)).rejects.toMatchObject({
    code: 'guest-failed',
    message: 'The machine said something else than the log levels of its services.',
  });
  await clouds.stop(cloud.id, false);
  await expect(set('devstack@n-api.service')).rejects.toMatchObject({ code: 'busy' });
  await ended(core, cloud);
  await expect(cloudServices.levels(cloud.id)).rejects.toMatchObject({ code: 'unreachable' });
});

it('a cloud without services of OpenStack says so', async () => {
  const place = await computer();
  const core = await place.open();
  const cloud = await created(core, plan('plain-1', 'plain-machine'));
  expect(cloud.services).toBe(false);
  await expect(core.services.cloudServices.list(cloud.id)).rejects.toMatchObject({ code: 'not-found' });
});

it('the journal of all services is read, and followed: an answer waits until there is more', async () => {
  const { core, cloud, guest } = await scene();
  const recorded = resolve(import.meta.dirname, '../../fixtures/journal/journalctl-252.jsonl');
  await copyFile(recorded, join(guest.root, 'journal'));
  const { cloudServices } = core.services;
  const first = await cloudServices.journal({ cloudId: cloud.id, units: [], lines: 100, waitMs: 0 });
  expect(first.entries).toHaveLength(7);
  expect(first.entries[0]).toMatchObject({ service: 'Nova API', unit: 'devstack@n-api.service' });
  const query = { cloudId: cloud.id, units: ['devstack@n-api.service'], lines: 5, waitMs: 5000 };
  const later = await cloudServices.journal({ ...query, ...(first.next !== undefined && { after: first.next }) });
  expect(later).toMatchObject({ more: true });
  expect(later.entries).toHaveLength(5);
  const asked = await said(guest, 'asked');
  expect(asked).toHaveLength(3);
  expect(asked[0]).toMatch(
    /--unit=devstack@n-api.service --unit=devstack@n-sch.service --unit=devstack@n-cond-\*.service .* --lines=100$/,
  );
  expect(asked[2]).toContain(`--unit=devstack@n-api.service --after-cursor=${first.next}`);
});

it('a journal that nobody reads any more is no longer waited for', async () => {
  const { core, cloud, guest } = await scene();
  await writeFile(join(guest.root, 'journal'), '');
  const reader = new AbortController();
  const query = { cloudId: cloud.id, units: [], lines: 5, waitMs: 30_000 };
  const waiting = core.services.cloudServices.journal(query, reader.signal);
  setTimeout(() => reader.abort(new Error('gone')), 500);
  await expect(waiting).rejects.toThrow('gone');
});
