import type { Command } from 'commander';
import { stringify } from 'yaml';
import type { PlanProblem } from '../../../contract/models';
import { command, withBackend, type Common } from '../command';
import { EXIT } from '../exit-codes';
import { json, line, say, type Context, type Io } from '../io';
import { planFlags } from '../plan-flags';
import { planFrom, withoutSecrets, type PlanFlags } from '../plan-input';
import { carryOut } from './lifecycle';

interface CreateOptions extends Common, PlanFlags {
  readonly wait: boolean;
  readonly dryRun?: boolean;
}

/** `stackbox create`: every value has a default for this computer, so it needs no option at all. */
export function addCreate(program: Command, context: Context): void {
  planFlags(command(program, 'create', 'create a cloud'))
    .option('--dry-run', 'check and print the plan, make nothing')
    .option('--no-wait', 'do not wait for the end')
    .action((options: CreateOptions) =>
      withBackend(context, async (tools) => {
        const { api, io } = tools;
        const input = await planFrom(api, io, options);
        const { plan } = input;
        if (options.dryRun) {
          const problems = await api.plans.check({ plan });
          problems.forEach((problem) => sayProblem(io, problem));
          const shown = withoutSecrets(input);
          if (options.json) json(io, shown);
          else line(io, stringify(shown).trimEnd());
          if (problems.some(({ severity }) => severity === 'problem')) context.setExitCode(EXIT.badInput);
          return;
        }
        const begin = () => api.clouds.create({ plan });
        await carryOut({ context, tools, options, done: 'is ready', begin, cancelOnInterrupt: true });
      }),
    );
}

function sayProblem(io: Io, { field, message, hint, severity }: PlanProblem): void {
  const where = field === '' ? '' : `${field}: `;
  say(
    io,
    `${severity === 'problem' ? 'Problem' : 'Warning'}: ${where}${message}${hint === undefined ? '' : ` ${hint}`}`,
  );
}
