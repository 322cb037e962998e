/** openrc, clouds-yaml: what OpenStack's clients on this computer need to use a cloud. */
import type { Command } from 'commander';
import { StackboxError } from '../../../contract/errors';
import type { ClientConfig } from '../../../contract/clients';
import { command, withBackend, type Common } from '../command';
import { findCloud } from '../find-cloud';
import { json, line, say, type Context, type Io } from '../io';

interface Options extends Common {
  readonly add?: boolean;
  readonly remove?: boolean;
}

export function addClients(program: Command, context: Context): void {
  command(
    program,
    'openrc <cloud>',
    'print shell lines that sign openstack in, with the password: source <(stackbox openrc NAME)',
  ).action((wanted: string, { json: asJson }: Common) =>
    withBackend(context, async ({ api, io }) => {
      const { id: cloudId } = await findCloud(api, wanted);
      const config = await api.clients.show({ cloudId, secrets: true });
      if (asJson) json(io, config);
      else io.stdout.write(config.openrc);
      sayLimits(io, config);
    }),
  );

  command(
    program,
    'clouds-yaml <cloud>',
    'print the entry of a cloud for clouds.yaml, with the password, or put it there',
  )
    .option('--add', 'add it to your own clouds.yaml, or renew it; a copy of the file is kept')
    .option('--remove', 'take it out again')
    .action((wanted: string, { add, remove, json: asJson }: Options) =>
      withBackend(context, async ({ api, io }) => {
        if (add && remove) throw new StackboxError('bad-input', 'Either --add or --remove.');
        const { id: cloudId, name } = await findCloud(api, wanted);
        if (!add && !remove) {
          const config = await api.clients.show({ cloudId, secrets: true });
          if (asJson) json(io, config);
          else io.stdout.write(config.cloudsYaml);
          sayLimits(io, config);
          return;
        }
        const change = await (add ? api.clients.add({ cloudId }) : api.clients.remove({ cloudId }));
        if (asJson) json(io, change);
        else if (remove) say(io, `The entry of ${name} is no longer in ${change.file}.`);
        else {
          const config = await api.clients.show({ cloudId });
          line(io, `export OS_CLOUD=${config.entry}`);
          say(io, `${change.file} has the entry ${config.entry}.`);
          if (change.backup !== undefined) say(io, `The file as it was: ${change.backup}`);
          sayLimits(io, config);
        }
      }),
    );
}

/** On standard error: the rest may be sourced. */
function sayLimits(io: Io, { limits }: ClientConfig): void {
  if (!limits) return;
  say(io, limits.text);
  say(io, limits.hint);
}
