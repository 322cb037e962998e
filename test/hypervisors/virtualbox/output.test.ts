/** The parsers on what VirtualBox 7.2.22 really printed, and on what it must never be mistaken for. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { array, assert, property, string, tuple, uuid } from 'fast-check';
import { describe, expect, it } from 'vitest';
import { StackboxError } from '../../../main/contract/errors';
import {
  cloudOfGroup,
  machineOfUuid,
  macOfMachine,
  uuidOfMachine,
} from '../../../main/hypervisors/virtualbox/ownership';
import {
  domainState,
  forwardRules,
  parseBlocks,
  parseList,
  parseLongList,
  parseMachineInfo,
  splitWarnings,
} from '../../../main/hypervisors/virtualbox/output';
import { parseHostInfo } from '../../../main/hypervisors/virtualbox/probe';
import { parseVersion } from '../../../main/hypervisors/virtualbox/version';

function recorded(name: string): string {
  return readFileSync(join(import.meta.dirname, `../../fixtures/virtualbox/${name}.7.2.22.txt`), 'utf8');
}
const said = (name: string): string => splitWarnings(recorded(name)).output;
const OURS = '01234567-89ab-8b05-95ac-57ac6b0c57ac';

describe('the warning about the kernel module', () => {
  it('is taken off every answer and kept apart', () => {
    const { warnings, output } = splitWarnings(recorded('version'));
    expect(output).toBe('7.2.22_Debianr175245\n');
    expect(warnings).toHaveLength(1);
    expect(warnings[0]).toContain('/dev/vboxdrv');
  });

  it('is recognised as Oracle’s own packages print it, and with the line ends of Windows', () => {
    const oracle =
      'WARNING: The vboxdrv kernel module is not loaded. Either there is no module\r\n' +
      '         available for the current kernel (6.12.0) or it failed to\r\n\r\n' +
      '           sudo /sbin/vboxconfig\r\n\r\n' +
      '         You will not be able to start VMs until this problem is fixed.\r\n7.0.20r163906\r\n';
    expect(splitWarnings(oracle).output).toBe('7.0.20r163906\n');
  });

  it('leaves an answer alone that has none', () => {
    expect(splitWarnings('"a" {b}\nWARNING: inside\n')).toEqual({ warnings: [], output: '"a" {b}\nWARNING: inside\n' });
  });
});

describe('the list of machines', () => {
  it('takes names with quotes, line breaks and emoji as they are', () => {
    expect(parseList(said('list-vms'))).toEqual([
      { name: 'bs\\q"u', uuid: OURS },
      { name: 'two\nlines "quoted"', uuid: expect.any(String) as string },
      { name: 'emoji 😀', uuid: expect.any(String) as string },
    ]);
    expect(parseList('')).toEqual([]);
  });

  it('is the same whatever a machine is called', () => {
    const name = string({ unit: 'grapheme' }).filter((text) => !/" \{/.test(text));
    assert(
      property(array(tuple(name, uuid())), (machines) => {
        const text = machines.map(([one, id]) => `"${one}" {${id}}\n`).join('');
        expect(parseList(text)).toEqual(machines.map(([one, id]) => ({ name: one, uuid: id })));
      }),
    );
  });

  it('tells state, group and settings of all machines, and is not taken in by a description', () => {
    const machines = parseLongList(said('list-long-vms'));
    expect(machines).toHaveLength(3);
    expect(machines[0]).toMatchObject({
      name: 'bs\\q"u',
      uuid: OURS,
      state: 'stopped',
      groups: '/Stackbox/c-0123456789ab',
    });
    expect(machines[0]?.settingsFile).toMatch(/bs_q_u\.vbox$/);
    expect(machines[1]?.name).toBe('two\nlines "quoted"');
  });

  it('bears a machine whose settings are lost', () => {
    const machines = parseLongList(said('list-long-vms-inaccessible'));
    expect(machines.map(({ uuid, accessible }) => [uuid, accessible])).toEqual([
      [OURS, false],
      [expect.any(String), true],
    ]);
  });
});

describe('the state of a machine', () => {
  // Every word of `machineStateToName` in VBoxManage's sources, 6.1 and 7.1: short for machines to read, long in the list.
  it.each([
    ['stopped', ['poweroff', 'powered off', 'teleported', 'aborted', 'snapshotting', 'offline snapshotting']],
    ['stopped', ['deletingsnapshot', 'deleting snapshot']],
    ['saved', ['saved', 'aborted-saved']],
    ['running', ['running', 'teleporting', 'livesnapshotting', 'live snapshotting']],
    ['running', ['onlinesnapshotting', 'online snapshotting', 'deletingsnapshotlive', 'deleting snapshot live']],
    ['paused', ['paused', 'teleportingpausedvm', 'teleporting paused vm']],
    ['paused', ['deletingsnapshotlivepaused', 'deleting snapshot live paused']],
    ['starting', ['starting', 'restoring']],
    ['stopping', ['stopping', 'saving']],
    [
      'unknown',
      ['gurumeditation', 'guru meditation', 'restoringsnapshot', 'restoring snapshot', 'settingup', 'setting up'],
    ],
    [
      'unknown',
      ['faulttolerantsyncing', 'fault tolerant syncing', 'teleportingin', 'teleporting (incoming)', 'unknown'],
    ],
  ])('is %s while it is called %j', (state, words) => {
    expect(words.map((word) => domainState(word))).toEqual(words.map(() => state));
  });

  it('is read from the long list also in the middle of a snapshot of its memory', () => {
    const taking = said('list-long-vms').replace(/^(State: +)powered off/m, '$1online snapshotting');
    expect(parseLongList(taking)[0]?.state).toBe('running');
  });
});

describe('the settings of a machine', () => {
  const info = parseMachineInfo(said('showvminfo-machinereadable'));

  it('are read with their escapes', () => {
    expect(info.get('name')).toBe('bs\\q"u');
    expect(info.get('uartmode1')).toMatch(/^file,.*con sole\.log$/);
    expect(info.get('Stackbox-0-0')).toMatch(/disk\.vdi$/);
    expect(domainState(info.get('VMState') ?? '')).toBe('stopped');
  });

  it('are read with names that VirtualBox does not escape, and lines of another form between them', () => {
    const odd = parseMachineInfo(
      'UUID="1"\nVMState="running"\nVideoMode="720,400,0"@0,0 1\nSnapshotName="a "b""\nSnapshotName-1="two\nlines"\n rec\nlast=3\n',
    );
    expect(Object.fromEntries(odd)).toEqual({
      UUID: '1',
      VMState: 'running',
      VideoMode: '"720,400,0"@0,0 1',
      SnapshotName: 'a "b"',
      'SnapshotName-1': 'two\nlines',
      last: '3',
    });
  });

  it('tell of the forwards', () => {
    expect(forwardRules(info)).toEqual([
      { name: 'stackbox-22', hostPort: 2222, guestPort: 22 },
      { name: 'stackbox-5000', hostPort: 35000, guestPort: 5000 },
    ]);
  });

  it('tell of disks in blocks', () => {
    const media = parseBlocks(said('list-long-hdds'), 'UUID');
    expect(media).toHaveLength(2);
    expect(media[1]?.get('Parent UUID')).toBe(media[0]?.get('UUID'));
  });
});

describe('what nobody expects', () => {
  const answers = {
    garbage: '\u0000\u001b[31m??? 12 ]]>\n{}{}',
    'a web page': '<html><body>Sign in to the proxy</body></html>',
    'another language': said('list-long-vms')
      .replaceAll(/^State: /gm, 'Zustand: ')
      .replaceAll(/^Name: /gm, 'Name der VM: '),
    'half an answer': said('list-long-vms').slice(0, 900),
    'half a line': said('list-vms').slice(0, 20),
  };
  it.each(Object.entries(answers))('%s is an error with a hint, never an empty answer', (_name, text) => {
    for (const parse of [parseList, parseLongList, parseMachineInfo, parseVersion]) {
      const problem = attempt(() => parse(text));
      expect(problem).toBeInstanceOf(StackboxError);
      expect(problem).toMatchObject({ code: 'hypervisor', facts: { hint: expect.any(String) as string } });
    }
  });

  it('a list in another language is an error that says how to change it', () => {
    expect(attempt(() => parseLongList(answers['another language']))).toMatchObject({
      facts: { hint: expect.stringContaining('setproperty language C') as string },
    });
  });

  function attempt(act: () => unknown): unknown {
    try {
      return act();
    } catch (thrown) {
      return thrown;
    }
  }
});

describe('the version', () => {
  it.each([
    ['7.2.22_Debianr175245', { text: '7.2.22', supported: true, audioSwitch: true, platformOption: true }],
    ['7.1.0_BETA2r163425', { text: '7.1.0', supported: true, audioSwitch: true, platformOption: true }],
    ['7.0.20r163906', { text: '7.0.20', supported: true, audioSwitch: true, platformOption: false }],
    ['6.1.50r161033', { text: '6.1.50', supported: true, audioSwitch: false, platformOption: false }],
    ['5.2.44r139111', { supported: false }],
  ])('%s decides what can be asked', (text, expected) => {
    expect(parseVersion(`${text}\n`, 'linux')).toMatchObject(expected);
  });
});

it('nested virtualisation is offered only where VirtualBox says that it can', () => {
  const without = said('list-hostinfo');
  expect(parseHostInfo(without)).toEqual({ hardware: false, nested: false });
  expect(parseHostInfo(without.replaceAll(/(HW virtualization): no/g, '$1: yes'))).toEqual({
    hardware: true,
    nested: true,
  });
});

it('a machine’s UUID tells whose it is', () => {
  expect(uuidOfMachine('m-0123456789ab')).toBe(OURS);
  expect(machineOfUuid(OURS)).toBe('m-0123456789ab');
  expect(machineOfUuid('a1372b87-d00b-4248-9865-3470f1179675')).toBeUndefined();
  expect(cloudOfGroup('/Work,/Stackbox/c-1')).toBe('c-1');
  expect(cloudOfGroup('/')).toBeUndefined();
  expect(macOfMachine('m-0123456789ab')).toBe('08:00:27:67:89:ab');
});
