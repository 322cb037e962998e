/** Domains of ours on one connection: finding them, telling their state, and their life. */
import { z } from 'zod';
import { StackboxError } from '../../contract/errors';
import type { CallOptions, DomainState, DomainSummary } from '../driver';
import { domainUuid, isOurDomainUuid } from './identity';
import { parseDomainList, parseDomainState, parseDomainStats, parseInfo } from './parse';
import { MEMORY_SILENCE_MS, type Virsh, type VirshOptions } from './virsh';
import { optionalElement, readXml } from './xml';

/** A domain that carries our mark. */
interface OurDomain {
  readonly uuid: string;
  readonly machineId: string;
  readonly cloudId: string;
}

export interface Domains {
  list(options?: CallOptions): Promise<DomainSummary[]>;
  state(name: string, options?: CallOptions): Promise<DomainState | 'missing'>;
  /** @throws StackboxError `conflict` when somebody else's domain has that name */
  define(name: string, xml: string, options?: CallOptions): Promise<void>;
  /** @param prepare done first when the domain really must be started */
  start(name: string, prepare: () => Promise<void>, options?: CallOptions): Promise<void>;
  shutdown(name: string, options?: CallOptions): Promise<void>;
  powerOff(name: string, options?: CallOptions): Promise<void>;
  saveState(name: string, options?: CallOptions): Promise<void>;
  remove(name: string, options?: CallOptions): Promise<void>;
  /** UUID of our domain of that name, to act on without a mix-up. @throws StackboxError `not-found`, `conflict` */
  uuidOf(name: string, options?: CallOptions): Promise<string>;
}

const machineMark = z.object({ '@id': z.string(), '@cloud': z.string() });
const domainDocuments = z.object({
  domain: z.array(
    z.object({
      name: z.string(),
      uuid: z.string(),
      metadata: optionalElement(z.object({ 'stackbox:machine': machineMark.optional() })),
    }),
  ),
});

/** One virsh for all domains, whatever their number: UUIDs with names, states, and which are saved to disk. */
const LIST_COMMANDS =
  'list --all --uuid --name; list --all --with-managed-save --uuid; domstats --state --raw --nowait';

export function createDomains(virsh: Virsh): Domains {
  /** Marks by UUID. A UUID of ours is never used twice, so an entry cannot go stale; it is dropped on removal. */
  const known = new Map<string, OurDomain>();

  /** Reads the marks of domains not seen before, in one virsh. What vanished meanwhile is left out. */
  async function learn(uuids: readonly string[], options: CallOptions): Promise<void> {
    if (uuids.length === 0) return;
    const commands = uuids.map((uuid) => `dumpxml --domain=${uuid}`).join('; ');
    const { stdout } = await virsh.call([commands], { ...options, mayFail: true });
    if (stdout.trim() !== '') remember(stdout);
  }

  /** @returns the marked domains among the documents in `xml` */
  function remember(xml: string): OurDomain[] {
    const ours: OurDomain[] = [];
    for (const { uuid, metadata } of readXml(xml, domainDocuments).domain) {
      const mark = metadata?.['stackbox:machine'];
      if (!mark || !isOurDomainUuid(uuid) || domainUuid(mark['@id']) !== uuid) continue;
      const domain = { uuid, machineId: mark['@id'], cloudId: mark['@cloud'] };
      known.set(uuid, domain);
      ours.push(domain);
    }
    return ours;
  }

  /** Our domain of that name, or whose it is. Always asks: a name can have changed hands. */
  async function find(name: string, options: CallOptions): Promise<OurDomain | 'missing' | 'foreign'> {
    const { exitCode, stdout, stderr } = await virsh.call(['domuuid', `--domain=${name}`], {
      ...options,
      mayFail: true,
    });
    if (exitCode !== 0) {
      if (/failed to get domain/.test(stderr)) return 'missing';
      // Asked again, the same failure is thrown with its meaning.
      await virsh.call(['domuuid', `--domain=${name}`], options);
      return 'missing';
    }
    const uuid = stdout.trim();
    if (!isOurDomainUuid(uuid)) return 'foreign';
    if (!known.has(uuid)) await learn([uuid], options);
    return known.get(uuid) ?? 'foreign';
  }

  async function ours(name: string, options: CallOptions): Promise<OurDomain> {
    const found = await find(name, options);
    if (found === 'missing') throw new StackboxError('not-found', `libvirt has no domain "${name}".`);
    if (found === 'foreign') throw foreign(name);
    return found;
  }

  async function stateOf(uuid: string, options: CallOptions): Promise<DomainState | 'missing'> {
    const commands = `domstate ${uuid} --reason; dominfo ${uuid}`;
    const { exitCode, stdout, stderr } = await virsh.call([commands], { ...options, mayFail: true });
    if (exitCode === 0) {
      const [line = ''] = stdout.split('\n');
      const state = parseDomainState(line);
      if (state !== 'saved' && state !== 'stopped') return state;
      // The reason for being off outlives a saved state that was dropped, and is forgotten when libvirt restarts.
      return parseInfo(stdout).get('Managed save') === 'yes' ? 'saved' : 'stopped';
    }
    if (/failed to get domain/.test(stderr)) return 'missing';
    throw new StackboxError('hypervisor', `libvirt does not tell the state of a domain: ${stderr.trim()}`);
  }

  /** Runs a command that fails when the domain is already as wanted; whether it is, tells the state, not the text. */
  async function bring(
    uuid: string,
    args: readonly string[],
    wanted: readonly string[],
    options: VirshOptions,
  ): Promise<void> {
    try {
      await virsh.call(args, options);
    } catch (error) {
      options.signal?.throwIfAborted();
      if (!wanted.includes(await stateOf(uuid, options))) throw error;
    }
  }

  return {
    async list(options = {}) {
      const { stdout } = await virsh.call([LIST_COMMANDS], options);
      const { domains, saved } = parseDomainList(stdout);
      const states = parseDomainStats(stdout);
      const candidates = domains.filter(({ uuid }) => isOurDomainUuid(uuid));
      await learn(
        candidates.map(({ uuid }) => uuid).filter((uuid) => !known.has(uuid)),
        options,
      );
      return candidates.flatMap(({ uuid, name }) => {
        const domain = known.get(uuid);
        if (!domain) return [];
        const state = states.get(name) ?? 'unknown';
        return [
          {
            domain: name,
            machineId: domain.machineId,
            cloudId: domain.cloudId,
            state: state === 'stopped' && saved.has(uuid) ? ('saved' as const) : state,
          },
        ];
      });
    },

    async state(name, options = {}) {
      const found = await find(name, options);
      return typeof found === 'string' ? 'missing' : await stateOf(found.uuid, options);
    },

    async define(name, xml, options = {}) {
      if ((await find(name, options)) === 'foreign') throw foreign(name);
      await virsh.callWith(xml, (path) => ['define', path], options);
      remember(xml);
    },

    async start(name, prepare, options = {}) {
      const { uuid } = await ours(name, options);
      const state = await stateOf(uuid, options);
      if (state === 'running') return;
      if (state !== 'paused') await prepare();
      await bring(uuid, [state === 'paused' ? 'resume' : 'start', uuid], ['running'], options);
    },

    async shutdown(name, options = {}) {
      const { uuid } = await ours(name, options);
      await bring(uuid, ['shutdown', uuid, '--mode', 'acpi'], ['stopped', 'saved', 'stopping'], options);
    },

    async powerOff(name, options = {}) {
      const { uuid } = await ours(name, options);
      await bring(uuid, ['destroy', uuid], ['stopped', 'saved'], options);
    },

    async saveState(name, options = {}) {
      const { uuid } = await ours(name, options);
      const state = await stateOf(uuid, options);
      if (state !== 'running' && state !== 'paused') return;
      await bring(uuid, ['managedsave', uuid], ['saved'], { ...options, silenceMs: MEMORY_SILENCE_MS });
    },

    async remove(name, options = {}) {
      const found = await find(name, options);
      if (typeof found === 'string') return;
      const { uuid } = found;
      await bring(uuid, ['destroy', uuid], ['stopped', 'saved', 'missing'], options);
      await bring(uuid, ['undefine', uuid, '--managed-save', '--snapshots-metadata'], ['missing'], options);
      known.delete(uuid);
    },

    uuidOf: async (name, options = {}) => (await ours(name, options)).uuid,
  };
}

function foreign(name: string): StackboxError {
  return new StackboxError('conflict', `There is a domain "${name}" that Stackbox did not make.`, {
    hint: 'Choose another name for the cloud, or rename that domain.',
  });
}
