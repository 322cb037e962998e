/** Ports of this computer that lead to a machine behind NAT. The rules live in the machine's own settings. */
import { findFreePort } from '../../network/ports';
import type { CallOptions } from '../driver';
import type { FoundMachine } from './machines';
import { domainState, forwardRules, type ForwardRule } from './output';
import type { VBoxManage } from './vboxmanage';

const HOST = '127.0.0.1';
const PREFIX = 'stackbox-';

/**
 * The port of this computer that leads to `guestPort`; makes the rule if there is none, whether the machine runs or not.
 * @param preferred host port that is taken if it is free
 */
export async function forward(
  manage: VBoxManage,
  machine: FoundMachine,
  guestPort: number,
  preferred: number | undefined,
  options: CallOptions,
): Promise<{ host: string; port: number }> {
  const there = ours(machine).find((rule) => rule.guestPort === guestPort);
  if (there) return { host: HOST, port: there.hostPort };
  const port = await findFreePort({ preferred });
  await change(manage, machine, `${PREFIX}${guestPort},tcp,${HOST},${port},,${guestPort}`, options);
  return { host: HOST, port };
}

/**
 * Before a start: takes out the rules whose port somebody else uses by now. VirtualBox would start without them and without a
 * word; `forward` then makes them anew with another port.
 */
export async function dropTakenForwards(
  manage: VBoxManage,
  machine: FoundMachine,
  options: CallOptions,
): Promise<void> {
  for (const rule of ours(machine)) {
    if ((await findFreePort({ preferred: rule.hostPort })) === rule.hostPort) continue;
    await manage.changeUnlocked(['modifyvm', machine.uuid, '--natpf1', 'delete', rule.name], options);
  }
}

function ours({ info }: FoundMachine): ForwardRule[] {
  return forwardRules(info).filter(({ name }) => name.startsWith(PREFIX));
}

async function change(manage: VBoxManage, machine: FoundMachine, rule: string, options: CallOptions): Promise<void> {
  const live = ['running', 'paused'].includes(domainState(machine.info.get('VMState') ?? ''));
  if (live) await manage.change(['controlvm', machine.uuid, 'natpf1', rule], options);
  else await manage.changeUnlocked(['modifyvm', machine.uuid, '--natpf1', rule], options);
}
