// @vitest-environment happy-dom
/** The services of a cloud and their journal, as a person uses them. */
import { screen, waitFor, within } from '@testing-library/react';
import { afterEach, describe, expect, test, vi } from 'vitest';
import '../../renderer/text/i18n';
import type { CloudService, JournalEntry, LogLevel } from '../../main/contract/cloud-services';
import { StackboxError } from '../../main/contract/errors';
import { linesOf, nameWidth } from '../../renderer/features/services/lines';
import { FakeCore, type FakeState } from '../fakes/fake-api';
import { makeCloud, makeRun, readyParts } from '../fakes/fake-data';
import { closeWindow, openWindow } from './window';

const now = Date.now();
const REQUEST = 'req-5f0c8d3a-6a2e-4b8e-9a55-0d9a3f6d2c11';
const LONG = `Neutron ${'very '.repeat(12)}long agent`;

const api: CloudService = {
  unit: 'devstack@n-api.service',
  name: 'Nova API',
  group: 'Nova',
  state: 'running',
  since: now - 3_600_000,
  memoryBytes: 134_217_728,
  restarts: 0,
  enabled: true,
};
const services: CloudService[] = [
  api,
  { ...api, unit: 'devstack@n-cpu.service', name: 'Nova compute', state: 'failed', result: 'oom-kill', restarts: 4 },
  { ...api, unit: 'devstack@q-long.service', name: LONG, group: 'Neutron', state: 'stopped', enabled: false },
  { ...api, unit: 'mariadb.service', name: 'MariaDB', group: 'Beneath it', hurts: 'All services lose their database.' },
];
const journal: JournalEntry[] = [
  { time: now - 3000, unit: api.unit, service: 'Nova API', text: `\u001B[01;36mGET [None ${REQUEST} demo]\u001B[00m` },
  { time: now - 2000, unit: 'mariadb.service', service: 'MariaDB', text: 'Aborted connection' },
  {
    time: now - 1000,
    unit: 'devstack@n-cpu.service',
    service: 'Nova compute',
    text: `ERROR [${REQUEST}] no room\nTraceback`,
  },
];

// The list of lines draws what is in sight, and nothing is laid out here.
vi.spyOn(HTMLElement.prototype, 'clientHeight', 'get').mockReturnValue(600);
vi.spyOn(HTMLElement.prototype, 'clientWidth', 'get').mockReturnValue(900);
afterEach(closeWindow);

function open(state: Partial<FakeState> = {}, part: Parameters<typeof makeCloud>[2] = readyParts) {
  const clouds = [makeCloud('a', 'dev', part, now)];
  const core = new FakeCore({ clouds, services: { kind: 'units', services }, journal, ...state });
  return { core, ...openWindow(core, '#/clouds/a/services') };
}

/** A busy build machine takes its time. */
const SOON = { timeout: 8000 };

/** A button by its label or its words; asking for its role would take a second in a list of this length. */
const button = (name: string): Promise<HTMLButtonElement> =>
  waitFor(() => {
    const all = [...document.querySelectorAll<HTMLButtonElement>('button:not([role=tab])')];
    const found = all.find((each) => (each.getAttribute('aria-label') ?? each.textContent) === name);
    if (found === undefined) throw new Error(`There is no button “${name}”.`);
    return found;
  }, SOON);

/** The row of a service, found as buttons are. */
const itemWith = (text: string): Promise<HTMLElement> =>
  waitFor(() => {
    const all = [...document.querySelectorAll<HTMLElement>('.sb-services__list > li')];
    const found = all.find((each) => each.textContent.includes(text));
    if (found === undefined) throw new Error(`There is no service “${text}”.`);
    return found;
  }, SOON);

const dialog = (): Promise<HTMLElement> =>
  waitFor(() => {
    const found = document.querySelector<HTMLElement>('[role=dialog]');
    if (found === null) throw new Error('There is no dialog.');
    return found;
  }, SOON);

describe('the list of services', () => {
  test('shows each under its group, with its state, and the worst counted first', async () => {
    open();
    const compute = await itemWith('Nova compute');
    expect(compute.textContent).toContain('failed (oom-kill)');
    expect(compute.textContent).toContain('restarted by itself 4 times');
    expect((await itemWith('Nova API')).textContent).toContain('128 MiB');
    const stopped = await itemWith(LONG);
    expect(stopped.textContent).toContain('does not start with the machine');
    expect(within(stopped).getByTitle(LONG)).toBeDefined();
    expect(screen.getAllByRole('heading', { level: 3 }).map((each) => each.textContent)).toEqual([
      ...['Nova', 'Neutron', 'Beneath it'],
    ]);
    expect(screen.getByText('1 failed').parentElement?.parentElement?.textContent).toBe('1 failed1 stopped2 running');
  });

  test('one is restarted with one press', async () => {
    const { core, user } = open();
    await user.click(await button('Restart Nova API'));
    expect(await screen.findByText('Nova API was restarted')).toBeDefined();
    expect(core.calls).toEqual(['services.act restart devstack@n-api.service']);
  });

  test('a restart that hurts others asks first', async () => {
    const { core, user } = open();
    await user.click(await button('Restart MariaDB'));
    const asked = await dialog();
    expect(asked.textContent).toContain('All services lose their database.');
    expect(core.calls).toEqual([]);
    await user.click(within(asked).getByText('Restart'));
    await expect.poll(() => core.calls.at(-1), SOON).toBe('services.act restart mariadb.service');
  });

  test('one that failed is started with one press, and is shown as running at once', async () => {
    const { core, user } = open();
    await user.click(await button('Start Nova compute'));
    await expect.poll(() => core.calls, SOON).toEqual(['services.act start devstack@n-cpu.service']);
    await button('Restart Nova compute');
    expect((await itemWith('Nova compute')).textContent).toContain('running');
  });

  test('stopping asks first, and says for how long', async () => {
    const { core, user } = open();
    await user.click(await button('More for Nova API'));
    // Without a layout the menu counts as out of sight.
    await user.click(await screen.findByRole('menuitem', { name: 'Stop', hidden: true }));
    const asked = await dialog();
    expect(asked.textContent).toContain('Nova API stays stopped until it is started');
    await user.click(within(asked).getByText('Stop'));
    await expect.poll(() => core.calls, SOON).toEqual(['services.act stop devstack@n-api.service']);
  });

  test('nothing can be done while the cloud is busy, but one can look', async () => {
    open({}, { ...readyParts, run: makeRun('a', 3, 'running', now) });
    expect((await button('Restart Nova API')).disabled).toBe(true);
    expect((await button('Journal of Nova API')).disabled).toBe(false);
  });

  test('says why there is none: off, empty, elsewhere, unreadable, or no OpenStack at all', async () => {
    open({ services: { kind: 'units', services: [] } });
    expect(await screen.findByText('No services yet')).toBeDefined();
    closeWindow();
    open({ services: { kind: 'elsewhere', text: 'They are in containers.', command: 'sudo docker ps' } });
    expect(await screen.findByText('They are in containers.')).toBeDefined();
    expect(screen.getByText('sudo docker ps')).toBeDefined();
    closeWindow();
    const { core, user } = open({ services: new StackboxError('guest-failed', 'systemctl said something else.') });
    expect(await screen.findByText('systemctl said something else.')).toBeDefined();
    core.state.services = { kind: 'units', services };
    await user.click(await button('Try again'));
    await itemWith('Nova API');
    closeWindow();
    open({}, { state: 'stopped', status: 'Stopped' });
    expect(await screen.findByText('The machine is off')).toBeDefined();
    closeWindow();
    open({}, { ...readyParts, services: false });
    expect(await screen.findByText('This recipe has no services of OpenStack')).toBeDefined();
    expect(screen.queryByRole('tab', { name: 'Services' })).toBeNull();
  });
});

const own = '/etc/nova/nova-cpu.conf';
const levels: LogLevel[] = [
  { kind: 'level', unit: api.unit, debug: true, file: '/etc/nova/nova.conf', alike: ['mariadb.service'], stale: false },
  { kind: 'level', unit: 'devstack@n-cpu.service', debug: false, file: own, alike: [], stale: true },
  { kind: 'none', unit: 'devstack@q-long.service', why: 'The machine has no /etc/q.conf.' },
  { kind: 'level', unit: 'mariadb.service', debug: true, file: '/etc/nova/nova.conf', alike: [api.unit], stale: false },
];

/** The switch of a service's level. */
const debugOf = (name: string): Promise<HTMLInputElement> =>
  waitFor(() => {
    const found = document.querySelector<HTMLInputElement>(`input[role=switch][aria-label="Debug log of ${name}"]`);
    if (found === null) throw new Error(`There is no switch for “${name}”.`);
    return found;
  }, SOON);

describe('the log level', () => {
  test('of each service is seen, with the file that says so; without one, there is no switch but a reason', async () => {
    const { user } = open({ levels });
    expect((await debugOf('Nova API')).checked).toBe(true);
    const compute = await debugOf('Nova compute');
    expect(compute.checked).toBe(false);
    expect(document.getElementById(compute.getAttribute('aria-describedby') ?? '')?.textContent).toContain(
      `${own} has debug = False. It was changed after the service started`,
    );
    expect((await itemWith('Nova compute')).textContent).toContain('after a restart');
    expect((await itemWith(LONG)).querySelector('input')).toBeNull();
    await user.click(await button(`More for ${LONG}`));
    expect(await screen.findByText('The machine has no /etc/q.conf.', {}, SOON)).toBeDefined();
  });

  test('is switched with one press where nothing else reads the file, and back', async () => {
    const { core, user } = open({ levels });
    await user.click(await debugOf('Nova compute'));
    expect(await screen.findByText('Nova compute logs at debug now. Restarted: Nova compute.', {}, SOON)).toBeDefined();
    await waitFor(async () => {
      const now = await debugOf('Nova compute');
      expect([now.checked, now.disabled]).toEqual([true, false]);
    }, SOON);
    await user.click(await debugOf('Nova compute'));
    await expect
      .poll(() => core.calls, SOON)
      .toEqual(['true', 'false'].map((word) => `services.setLevel devstack@n-cpu.service ${word}`));
  });

  test('asks first when others read the file, naming all and what suffers', async () => {
    const { core, user } = open({ levels });
    await user.click(await debugOf('Nova API'));
    const asked = await dialog();
    expect(asked.textContent).toContain('Have Nova API log as usual?');
    expect(asked.textContent).toContain('/etc/nova/nova.conf is read by others too.');
    expect(
      within(asked)
        .getAllByRole('listitem', { hidden: true })
        .map((each) => each.textContent),
    ).toEqual(['Nova API', 'MariaDB']);
    expect(asked.textContent).toContain('All services lose their database.');
    expect(core.calls).toEqual([]);
    expect((await debugOf('Nova API')).checked).toBe(true);
    await user.click(within(asked).getByText('Switch and restart'));
    await expect.poll(() => core.calls, SOON).toEqual(['services.setLevel devstack@n-api.service false']);
    await waitFor(async () => expect((await debugOf('MariaDB')).checked).toBe(false), SOON);
  });

  test('that cannot be read leaves the list as it is, and can be tried again', async () => {
    const { core, user } = open({ levels: new StackboxError('guest-failed', 'Python said something else.') });
    expect(await screen.findByText('Python said something else.', {}, SOON)).toBeDefined();
    await itemWith('Nova API');
    core.state.levels = levels;
    await user.click(await button('Try again'));
    await debugOf('Nova API');
  });

  test('is not switched while the cloud is busy', async () => {
    open({ levels }, { ...readyParts, run: makeRun('a', 3, 'running', now) });
    expect((await debugOf('Nova API')).disabled).toBe(true);
  });
});

const log = (): Promise<HTMLElement> => screen.findByRole('log');
const lines = async (): Promise<string[]> =>
  [...(await log()).querySelectorAll('.sb-log__line')].map(({ textContent }) =>
    textContent.replace(/^\d+\S+ [\d:.]+ +/, ''),
  );

describe('the journal', () => {
  test('of all services has each line with its service, without colours', async () => {
    const { user } = open();
    await user.click(await button('Logs of all services'));
    await expect.poll(lines, SOON).toHaveLength(4);
    const all = await lines();
    expect(all[0]).toMatch(new RegExp(`^Nova API +GET \\[None ${REQUEST} demo\\]$`));
    expect(all[3]).toMatch(/^Nova compute +Traceback$/);
    expect(all.map((line) => line.indexOf(line.replace(/^(Nova API|MariaDB|Nova compute) +/, '')))).toEqual(
      Array.from({ length: 4 }, () => 28),
    );
  });

  test('of one service is one press away, and leads back', async () => {
    const { user } = open();
    await user.click(await button('Journal of MariaDB'));
    await expect.poll(lines, SOON).toHaveLength(1);
    await user.click(await button('Services'));
    await itemWith('Nova API');
  });

  test('shows one request through all services when it is pressed, and all again afterwards', async () => {
    const { user } = open();
    await user.click(await button('Journal of Nova API'));
    await user.click(await button(REQUEST));
    await expect.poll(lines, SOON).toHaveLength(3);
    expect((await screen.findByText('One request, in the order of time')).parentElement?.textContent).toContain(
      '3 lines from 2 services',
    );
    expect((await lines()).map((line) => line.split('  ')[0])).toEqual(['Nova API', 'Nova compute', 'Nova compute']);
    await user.click(await button('Leave this request'));
    await expect.poll(lines, SOON).toHaveLength(4);
  });

  test('shows a request that was typed as soon as it is whole', async () => {
    const { user } = open();
    await user.click(await button('Logs of all services'));
    const field = await screen.findByRole<HTMLInputElement>('textbox', { name: 'Request' });
    await user.type(field, 'req-123{Tab}');
    expect(await screen.findByText('A request is req-, then a UUID.')).toBeDefined();
    await user.clear(field);
    await user.click(field);
    await user.paste(` ${REQUEST} `);
    await expect.poll(lines, SOON).toHaveLength(3);
    await user.click(await button('Leave this request'));
    await user.click(await screen.findByRole('textbox', { name: 'Request' }));
    await user.paste('req-00000000-0000-0000-0000-000000000000');
    expect(await screen.findByText('No line of this request')).toBeDefined();
  });
});

test('lines keep their columns, however long a name is', () => {
  expect(nameWidth(['a', LONG])).toBe(26);
  expect(nameWidth([])).toBe(0);
  const said = linesOf({ time: 0, unit: 'x', service: LONG, text: 'one\ntwo\r\n\n' }, 26).split('\n');
  expect(said).toHaveLength(3);
  expect(said[1]?.slice(20, 46)).toBe(`${LONG.slice(0, 25)}…`);
});
