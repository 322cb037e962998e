/** Which hypervisor a newcomer should take on this computer, and why; and what speaks for the others. */
import type { ConnectionStatus } from '../contract/models';
import type { ConnectionId } from '../contract/plan';
import type { ProbedConnection } from './check';

/** In this order, among those that are equally fast. */
const PREFERENCE: readonly ConnectionId[] = ['libvirt-system', 'libvirt-session', 'virtualbox'];

/** What a person has of each, in a sentence. */
const ADVANTAGE: Readonly<Record<ConnectionId, string>> = {
  'libvirt-system': 'each machine has an address of its own, which this computer reaches directly.',
  'libvirt-session': 'it needs no privileges; machines are reached through forwarded ports.',
  virtualbox: 'machines are reached through forwarded ports, and directly where VirtualBox may make an adapter for it.',
};

/** The connections with one of the usable ones recommended, if there is any. Each usable one says what speaks for it. */
export function recommend(connections: readonly ProbedConnection[]): ConnectionStatus[] {
  const usable = PREFERENCE.flatMap((id) => connections.filter((one) => one.id === id && one.usable));
  const fast = usable.find((one) => !isEmulated(one));
  const best = fast ?? usable[0];
  return connections.map((one): ConnectionStatus => {
    if (!one.usable) return { ...one, recommended: false };
    if (one !== best) return { ...one, recommended: false, reason: `${one.reason} ${alternative(one, best)}` };
    return { ...one, recommended: true, reason: `${one.reason} Recommended: ${whyBest(one, usable)}` };
  });
}

function isEmulated({ acceleration }: ProbedConnection): boolean {
  return acceleration?.kind === 'emulated';
}

function whyBest(best: ProbedConnection, usable: readonly ProbedConnection[]): string {
  const slower = usable.filter((one) => one !== best && isEmulated(one)).map(({ title }) => title);
  if (slower.length > 0 && !isEmulated(best)) {
    return `it uses the processor’s virtualisation, and ${slower.join(' and ')} would emulate a processor, many times slower.`;
  }
  if (usable.length === 1) return 'it is the one hypervisor that can be used here.';
  return ADVANTAGE[best.id];
}

function alternative(one: ProbedConnection, best: ProbedConnection | undefined): string {
  if (isEmulated(one) && best !== undefined && !isEmulated(best)) return 'It works too, many times slower.';
  return `It works too, with the same steps: ${ADVANTAGE[one.id]}`;
}
