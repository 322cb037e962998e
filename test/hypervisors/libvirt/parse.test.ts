/** The parsers on what virsh, QEMU and virt-host-validate really printed; file names carry the version. */
import { z } from 'zod';
import * as fc from 'fast-check';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { judgeAcceleration, parseHostValidate } from '../../../main/hypervisors/libvirt/acceleration';
import { domainXml } from '../../../main/hypervisors/libvirt/domain-xml';
import {
  parseDomainList,
  parseDomainState,
  parseDomainStats,
  parseUsernet,
} from '../../../main/hypervisors/libvirt/parse';
import { explain, versionOf } from '../../../main/hypervisors/libvirt/probe';
import { parseSnapshot } from '../../../main/hypervisors/libvirt/snapshots';
import { errorText } from '../../../main/hypervisors/libvirt/virsh';
import { readXml, writeXml } from '../../../main/hypervisors/libvirt/xml';

const recorded = (name: string): string => readFileSync(join('test/fixtures/libvirt', name), 'utf8');

describe('one listing of all domains', () => {
  const text = recorded('list-9.0.0.txt');

  it('has every domain with its UUID, whatever is in its name', () => {
    const { domains, saved } = parseDomainList(text);
    expect(domains.map(({ name }) => name)).toEqual([
      "stackbox-fix ture-'q'-abcdef",
      'paused one',
      'saved one',
      'stopped',
    ]);
    expect([...saved]).toEqual(['53746163-6b62-8000-8000-c0de0000fff2']);
  });

  it('has every state by name', () => {
    expect(Object.fromEntries(parseDomainStats(text))).toEqual({
      "stackbox-fix ture-'q'-abcdef": 'running',
      'saved one': 'stopped',
      stopped: 'stopped',
      'paused one': 'paused',
    });
  });

  it('does not call a paused domain that is still starting paused', () => {
    const starting = "Domain: 'a'\n  state.state=3\n  state.reason=11\n";
    expect(parseDomainStats(starting).get('a')).toBe('starting');
    expect(parseDomainState('paused (starting up)\n\n')).toBe('starting');
  });

  it('reads single states', () => {
    expect(recorded('domstate-9.0.0.txt').trim().split('\n\n').map(parseDomainState)).toEqual([
      'running',
      'saved',
      'stopped',
      'paused',
    ]);
    expect(parseDomainState('something new (why)')).toBe('unknown');
    expect(parseDomainState('')).toBe('unknown');
  });
});

describe('XML from libvirt', () => {
  it('may be several documents in a row', () => {
    const schema = z.object({ domain: z.array(z.object({ name: z.string(), uuid: z.string() })) });
    expect(readXml(recorded('dumpxml-two-9.0.0.txt'), schema).domain).toEqual([
      { name: "stackbox-fix ture-'q'-abcdef", uuid: '53746163-6b62-8000-8000-c0de0000fff1' },
      { name: 'stopped', uuid: '11111111-2222-4333-8444-555555555555' },
    ]);
  });

  it('cannot blow up memory by entities', () => {
    const bomb = `<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">
      <!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;&b;&b;">]><domain><name>&c;&c;&c;</name></domain>`;
    const schema = z.object({ domain: z.array(z.object({ name: z.string() })) });
    let length: number;
    try {
      length = readXml(bomb, schema).domain[0]?.name.length ?? 0;
    } catch {
      length = 0;
    }
    expect(length).toBeLessThan(1000);
  });

  it('gives back any text, in an element and in an attribute', () => {
    const schema = z.object({ network: z.array(z.object({ '#text': z.string(), '@t': z.string() })) });
    const text = fc
      .array(fc.constantFrom('&', '<', '>', '"', "'", ';', 'amp;', 'lt;', '#60;', ']]>', '&amp;', '🐧', 'a'), {
        minLength: 1,
      })
      .map((parts) => `(${parts.join('')})`);
    fc.assert(
      fc.property(text, (any) => {
        expect(readXml(writeXml({ network: { '@t': any, '#': any } }), schema).network).toEqual([
          { '#text': any, '@t': any },
        ]);
      }),
    );
  });

  it('gives back the name and title that were written, whatever they are', () => {
    const schema = z.object({ domain: z.array(z.object({ name: z.string(), title: z.string() })) });
    for (const text of [
      `<a>&amp;]]></a> "q" 'q'`,
      '&lt;&unknown;&#0;',
      '$(touch x) `y`',
      '🐧 ümlaut',
      'x'.repeat(200),
    ]) {
      const xml = domainXml(
        {
          id: 'm-0123456789ab',
          cloudId: 'c',
          domain: text,
          title: text,
          cpus: 1,
          memoryMiB: 512,
          diskBytes: 1,
          image: { id: 'i', path: '/i', format: 'qcow2', virtualBytes: 1 },
          folder: '/f',
        },
        { type: 'qemu', diskPath: '/d', seedPath: '/s', networkInterface: { '@type': 'user' } },
      );
      expect(readXml(xml, schema).domain).toEqual([expect.objectContaining({ name: text, title: text })]);
    }
  });
});

describe('port forwards of a running machine', () => {
  it('are told from the connections through them', () => {
    expect(parseUsernet(recorded('usernet-qemu-7.2.22.txt'))).toEqual([
      { hostAddress: '127.0.0.1', hostPort: 45_672, guestPort: 5000 },
      { hostAddress: '127.0.0.1', hostPort: 45_671, guestPort: 22 },
    ]);
  });
});

describe('acceleration is decided by evidence', () => {
  it.each(['host-validate-no-kvm-9.0.0.txt', 'host-validate-ordinary-user-9.0.0.txt'])('reads %s', (name) => {
    expect(parseHostValidate(recorded(name))).toBe('fail');
  });

  it.each([
    { what: 'everything agrees', flag: true, device: 'usable', validate: 'pass', kind: 'kvm' },
    {
      what: 'the device is there but the processor has no flag',
      flag: false,
      device: 'usable',
      validate: 'pass',
      kind: 'emulated',
    },
    {
      what: 'the device is there but libvirt says no',
      flag: true,
      device: 'usable',
      validate: 'fail',
      kind: 'emulated',
    },
    { what: 'the module is not loaded', flag: true, device: 'absent', validate: 'unknown', kind: 'emulated' },
    { what: 'this user may not open the device', flag: true, device: 'denied', validate: 'pass', kind: 'emulated' },
    { what: 'the checking program is missing', flag: true, device: 'usable', validate: 'unknown', kind: 'kvm' },
    {
      what: 'the processor shows no such flag at all (ARM)',
      flag: undefined,
      device: 'usable',
      validate: 'pass',
      kind: 'kvm',
    },
  ] as const)('$what: $kind', ({ kind, ...evidence }) => {
    const answer = judgeAcceleration(evidence, false);
    expect(answer.kind).toBe(kind);
    expect(answer.reason).toMatch(/\.$/);
  });

  it('a device that only QEMU’s own user may open is good enough for the system connection', () => {
    expect(judgeAcceleration({ flag: true, device: 'denied', validate: 'pass' }, true).kind).toBe('kvm');
  });
});

describe('why a connection cannot be used', () => {
  it.each([
    ['no-service-9.0.0.txt', /does not run/],
    ['denied-9.0.0.txt', /group "libvirt"/],
  ])('%s', (name, reason) => {
    const text = recorded(name);
    expect(explain(text, errorText(text), true)).toMatch(reason);
  });

  it('says which versions answered', () => {
    expect(versionOf(recorded('version-9.0.0.txt'))).toBe('libvirt 9.0.0, QEMU 7.2.22');
    expect(versionOf('')).toBeUndefined();
  });
});

describe('a snapshot', () => {
  const running = recorded('snapshot-dumpxml-running-9.0.0.txt');
  const takenAt = Number(/<creationTime>(\d+)</.exec(running)?.[1]) * 1000;

  it('tells its name, its time and whether the machine ran', () => {
    const snapshot = { id: 'before upgrade', name: 'before upgrade', takenAt, withMemory: true };
    expect(parseSnapshot(running, 'before upgrade')).toEqual({ ...snapshot, current: true });
    expect(parseSnapshot(running, 'another')).toEqual({ ...snapshot, current: false });
  });

  it.each([
    ['without memory', running.replace("<memory snapshot='internal'/>", "<memory snapshot='no'/>")],
    ['from before memory was told of', running.replace("<memory snapshot='internal'/>", '')],
  ])('%s is one of a machine that was off', (_what, xml) => {
    expect(parseSnapshot(xml, undefined)).toMatchObject({ withMemory: false, current: false });
  });

  it.each([
    ['nothing', ''],
    ['another document', '<domain><name>x</name></domain>'],
    ['no time', running.replace(/<creationTime>.*<\/creationTime>/, '')],
  ])('with %s is an error', (_what, xml) => {
    expect(() => parseSnapshot(xml, undefined)).toThrow(expect.objectContaining({ code: 'hypervisor' }) as Error);
  });
});
