/** services … debug: which services log at debug, and the switch of one. */
import type { CloudService } from '../../../contract/cloud-services';
import { StackboxError } from '../../../contract/errors';
import type { Cloud } from '../../../contract/models';
import type { Common, Tools } from '../command';
import { confirm } from '../confirm';
import { json, say, table, type Context } from '../io';
import { plainLine } from '../words';

interface Options extends Common {
  readonly yes?: boolean;
  readonly off?: boolean;
}

export async function listLevels(
  { api, io }: Tools,
  cloud: Cloud,
  services: readonly CloudService[],
  { json: asJson }: Options,
): Promise<void> {
  const levels = await api.services.levels({ cloudId: cloud.id });
  if (asJson) {
    json(io, levels);
    return;
  }
  table(
    io,
    ['SERVICE', 'LOGS', 'BECAUSE'],
    levels.map((level) => [
      nameOf(services, level.unit),
      level.kind === 'none' ? '?' : `${level.debug ? 'at debug' : 'as usual'}${level.stale ? ' after a restart' : ''}`,
      level.kind === 'none' ? plainLine(level.why) : plainLine(level.file),
    ]),
  );
}

/** Asks first when others are restarted with it, or suffer from that. */
export async function setLevel(
  context: Context,
  { api, io }: Tools,
  cloud: Cloud,
  services: readonly CloudService[],
  service: CloudService,
  { yes, off, json: asJson }: Options,
): Promise<void> {
  const { unit, name } = service;
  const debug = off !== true;
  const level = (await api.services.levels({ cloudId: cloud.id })).find((one) => one.unit === unit);
  if (level?.kind === 'none') {
    throw new StackboxError('conflict', `The log level of ${name} cannot be switched.`, { hint: plainLine(level.why) });
  }
  const changes = level === undefined || level.debug !== debug;
  const touched = [unit, ...(changes ? (level?.alike ?? []) : [])];
  const others = touched.slice(1).map((other) => nameOf(services, other));
  const hurts = services.filter((one) => touched.includes(one.unit)).flatMap((one) => one.hurts ?? []);
  if (yes !== true && (changes || level.stale) && others.length + hurts.length > 0) {
    const shared =
      others.length > 0
        ? [`${plainLine(level?.file ?? '')} is read by ${others.join(', ')} too; what runs of them is restarted.`]
        : [];
    await confirm(
      context,
      [...shared, ...new Set(hurts)].join(' '),
      `Have ${name} log ${debug ? 'at debug' : 'as usual'}?`,
    );
  }
  const change = await api.services.setLevel({ cloudId: cloud.id, unit, debug });
  if (asJson) {
    json(io, change);
    return;
  }
  const word = debug ? 'True' : 'False';
  say(
    io,
    `${plainLine(change.file)} ${change.changed ? 'has' : 'had'} debug = ${word}${change.changed ? ' now' : ' already'}.`,
  );
  const restarted = change.restarted.map((one) => nameOf(services, one));
  if (restarted.length > 0) say(io, `Restarted: ${restarted.join(', ')}.`);
  if (change.changed) say(io, `Undo it: stackbox services ${cloud.name} debug ${unit}${debug ? ' --off' : ''}`);
}

function nameOf(services: readonly CloudService[], unit: string): string {
  return plainLine(services.find((one) => one.unit === unit)?.name ?? unit);
}
