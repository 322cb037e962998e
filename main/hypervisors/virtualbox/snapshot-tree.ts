/**
 * The snapshots of a machine as its settings file tells of them. VBoxManage's own listing has neither the time nor whether
 * the memory is in a snapshot (7.2.22), and leaves quotes in names as they are.
 */
import { XMLParser } from 'fast-xml-parser';
import { z } from 'zod';
import { StackboxError } from '../../contract/errors';
import type { Snapshot } from '../driver';

/** A snapshot with those that were taken after it, directly on top of it. */
export interface SnapshotNode extends Snapshot {
  readonly children: readonly SnapshotNode[];
}

interface SnapshotElement {
  readonly '@uuid': string;
  readonly '@name': string;
  readonly '@timeStamp': string;
  readonly '@stateFile'?: string | undefined;
  readonly Snapshots?: { readonly Snapshot?: readonly SnapshotElement[] | undefined } | '' | undefined;
}

const uuid = z.string().regex(/^\{[0-9a-f-]{36}\}$/i);

const snapshotElement: z.ZodType<SnapshotElement> = z.lazy(() =>
  z.object({
    '@uuid': uuid,
    '@name': z.string(),
    '@timeStamp': z.iso.datetime(),
    '@stateFile': z.string().optional(),
    Snapshots: z.union([z.literal(''), z.object({ Snapshot: z.array(snapshotElement).optional() })]).optional(),
  }),
);

const settings = z.object({
  VirtualBox: z.object({
    Machine: z.object({
      '@currentSnapshot': uuid.optional(),
      // A machine has one tree: its first snapshot is the root of all.
      Snapshot: z.array(snapshotElement).max(1).optional(),
    }),
  }),
});

const PARSER = new XMLParser({
  ignoreAttributes: false,
  attributeNamePrefix: '@',
  parseAttributeValue: false,
  // VirtualBox writes letters beyond ASCII by their number.
  htmlEntities: true,
  isArray: (name) => name === 'Snapshot',
});

/**
 * Reads a `.vbox` file. @returns the machine's first snapshot, with all others above it; `undefined` if it has none
 * @throws StackboxError `hypervisor`
 */
export function parseSnapshotTree(text: string): SnapshotNode | undefined {
  const checked = settings.safeParse(readXml(text));
  if (!checked.success) throw unknownForm(z.prettifyError(checked.error));
  const { Snapshot: roots = [], '@currentSnapshot': current } = checked.data.VirtualBox.Machine;
  const [root] = roots;
  return root && nodeOf(root, current);
}

function readXml(text: string): unknown {
  // VirtualBox writes none, and the entities of a hostile one could fill the memory.
  if (text.includes('<!DOCTYPE')) throw unknownForm('The file declares a document type.');
  try {
    return PARSER.parse(text);
  } catch (error) {
    throw unknownForm(error instanceof Error ? error.message : String(error));
  }
}

function unknownForm(output: string): StackboxError {
  return new StackboxError('hypervisor', 'VirtualBox keeps the snapshots in a form that Stackbox does not know.', {
    output: output.slice(0, 500),
  });
}

function nodeOf(element: SnapshotElement, current: string | undefined): SnapshotNode {
  const { Snapshots: above } = element;
  const children = above === '' ? [] : (above?.Snapshot ?? []);
  return {
    id: element['@uuid'].slice(1, -1).toLowerCase(),
    name: element['@name'],
    takenAt: Date.parse(element['@timeStamp']),
    withMemory: element['@stateFile'] !== undefined,
    current: element['@uuid'] === current,
    children: children.map((child) => nodeOf(child, current)),
  };
}

/** A snapshot and all above it, each before those that rest on it. */
export function flatten(root: SnapshotNode | undefined): SnapshotNode[] {
  return root ? [root, ...root.children.flatMap(flatten)] : [];
}
