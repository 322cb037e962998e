import { Option, type Command } from 'commander';
import { withBackend } from '../command';
import { findCloud } from '../find-cloud';
import { say, type Context } from '../io';
import { joinTerminal } from '../terminal';

type Kind = 'shell' | 'openstack';

/** `stackbox shell`: a terminal in the machine; it ends when the shell there ends. */
export function addShell(program: Command, context: Context): void {
  program
    .command('shell <cloud>')
    .description('open a terminal in the machine of a cloud')
    .addOption(
      new Option('--kind <kind>', 'shell, or one with the openstack command ready')
        .choices(['shell', 'openstack'])
        .default('shell'),
    )
    .option('--as <user>', 'with the openstack command signed in as this user: admin, demo')
    .action((wanted: string, { kind, as: account }: { kind: Kind; as?: string }) =>
      withBackend(context, async ({ api, io, backend }) => {
        const { id: cloudId } = await findCloud(api, wanted);
        await backend.share();
        await joinTerminal(api, io, cloudId, account === undefined ? { kind } : { kind: 'openstack', account });
      }),
    );
}

/** `stackbox console`: the serial console, also of a machine that SSH does not reach. */
export function addConsole(program: Command, context: Context): void {
  program
    .command('console <cloud>')
    .description('open the serial console of a cloud’s machine; leave it with Ctrl+]')
    .action((wanted: string) =>
      withBackend(context, async ({ api, io, backend }) => {
        const { id: cloudId, name } = await findCloud(api, wanted);
        await backend.share();
        say(io, `Serial console of ${name}. Leave with Ctrl+].`);
        await joinTerminal(api, io, cloudId, { kind: 'console' });
      }),
    );
}
