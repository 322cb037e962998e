/** The snapshots in a settings file that VirtualBox 7.2.22 wrote, and files that are none. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { flatten, parseSnapshotTree } from '../../../main/hypervisors/virtualbox/snapshot-tree';

const recorded = readFileSync(
  join(import.meta.dirname, '../../fixtures/virtualbox/settings-snapshots.7.2.22.vbox'),
  'utf8',
);

it('are read with names, times and what rests on what', () => {
  const [root, ...others] = flatten(parseSnapshotTree(recorded));
  expect(root).toMatchObject({
    id: '228be444-e629-417c-957a-81ebda60a85f',
    name: 'before the "upgrade"',
    takenAt: Date.UTC(2026, 10, 21, 13, 22, 24),
    withMemory: false,
    current: false,
  });
  expect(root?.children).toEqual(others);
  expect(others.map(({ name, current }) => [name, current])).toEqual([
    ['ümlaut & <b>', false],
    ['another way', true],
  ]);
});

it('one of a machine that ran names the file of its memory', () => {
  const ran = recorded.replace(
    'name="another way"',
    'name="another way" stateFile="Snapshots/2026-11-21T13-22-25Z.sav"',
  );
  expect(flatten(parseSnapshotTree(ran)).map(({ withMemory }) => withMemory)).toEqual([false, false, true]);
});

it('a machine without any has none', () => {
  expect(parseSnapshotTree('<VirtualBox><Machine uuid="{a}"><Hardware/></Machine></VirtualBox>')).toBeUndefined();
});

it.each([
  ['empty', ''],
  ['cut off', recorded.slice(0, 700)],
  ['something else', '<domain/>'],
  ['one with a document type', `<!DOCTYPE x [<!ENTITY a "b">]>${recorded}`],
  ['without times', recorded.replaceAll(/ timeStamp="[^"]*"/g, '')],
])('a file that is %s is an error and not an empty list', (_what, text) => {
  expect(() => parseSnapshotTree(text)).toThrow(expect.objectContaining({ code: 'hypervisor' }) as Error);
});
