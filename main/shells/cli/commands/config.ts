/** `stackbox config`: a configuration file as a plan leads to it, to keep, change and give back with `create --config`. */
import type { Command } from 'commander';
import { applyEdits, editsIn } from '../../../contract/config-edits';
import { StackboxError } from '../../../contract/errors';
import { parsePlan } from '../../../core/plans/parse';
import { command, withBackend, type Common } from '../command';
import { EXIT } from '../exit-codes';
import { json, say, type Context } from '../io';
import { planFlags } from '../plan-flags';
import { planFrom, type PlanFlags } from '../plan-input';

interface ConfigOptions extends Common, PlanFlags {
  readonly generated?: boolean;
}

export function addConfig(program: Command, context: Context): void {
  planFlags(
    command(program, 'config [key]', 'print a configuration file of a plan, with its mistakes on standard error'),
  )
    .option('--generated', 'without the edits of the plan')
    .action((key: string | undefined, options: ConfigOptions) =>
      withBackend(context, async ({ api, io }) => {
        const input = await planFrom(api, io, options);
        const files = input.options.filter(({ type }) => type === 'file').map(({ id }) => id);
        const option = key ?? files[0];
        if (option === undefined || !files.includes(option)) {
          const hint = files.length > 0 ? `It has: ${files.join(', ')}.` : 'Choose another with --recipe.';
          throw new StackboxError('not-found', `This recipe has no configuration file "${key ?? ''}".`, { hint });
        }
        const plan = parsePlan(input.plan);
        const { generated, findings } = await api.plans.configuration({ recipe: plan.recipe, size: plan.size, option });
        const problems = await api.plans.check({ plan });
        const ours = problems.filter(({ field }) => field === `recipe.options.${option}`);
        if (options.json) json(io, { generated, findings });
        else {
          const edits = options.generated ? [] : editsIn(plan.recipe.options[option]);
          io.stdout.write(applyEdits(generated, edits).text);
          for (const { message } of ours) say(io, message);
        }
        if (ours.some(({ severity }) => severity === 'problem')) context.setExitCode(EXIT.badInput);
      }),
    );
}
