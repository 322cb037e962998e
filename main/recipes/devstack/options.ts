/** What can be chosen about DevStack, and what does not go together. */
import { z } from 'zod';
import type { PlanProblem } from '../../contract/models';
import {
  branchOption,
  choiceOption,
  choicesOption,
  fileOption,
  numberOption,
  switchOption,
  textOption,
} from '../options';
import type { RecipeWish } from '../types';
import { pluginProblems, wantedMemory } from './plugins';
import { findPreset, mismatch, releases } from './releases';
import { gitServerOption } from '../shared/git-server';

export const optionsSchema = z.strictObject({
  preset: choiceOption({
    label: 'Services',
    default: 'standard',
    choices: releases.presets.map(({ id, title, help }) => ({ value: id, label: title, help })),
  }),
  branch: branchOption({
    label: 'Branch',
    help: 'Of DevStack and of every project that it installs.',
    default: 'stable/2026.1',
    choices: releases.branches.map(({ name, title }) => ({ value: name, label: title })),
  }),
  plugins: choicesOption<string>({
    label: 'Plugins',
    help: 'Each needs memory and time of its own.',
    default: [],
    choices: releases.plugins.map(({ id, title, help }) => ({ value: id, label: title, help })),
  }),
  otherPlugins: textOption({
    label: 'Other plugins',
    help: 'Name, address and branch, one plugin a line. Without a branch it is DevStack’s own.',
    default: '',
    lines: true,
    maxLength: 5000,
  }),
  gitBase: gitServerOption,
  shallow: switchOption({
    label: 'Sources without history',
    help: 'Downloads much less, but git log and older commits are not there.',
    default: false,
  }),
  tempest: switchOption({
    label: 'Tempest',
    help: 'The integration tests. They follow master whatever the branch, which breaks installs of older ones.',
    default: false,
  }),
  serviceTimeout: numberOption({
    label: 'Time-out of a service',
    help: 'How long stack.sh waits for a service to answer. 0 is by the speed of the machine.',
    default: 0,
    min: 0,
    max: 7200,
    unit: 's',
  }),
  localConf: fileOption({
    label: 'local.conf',
    help: 'DevStack’s configuration, made from what is chosen here. Change it as you like: your changes stay.',
    fileName: 'local.conf',
  }),
});
export type DevstackOptions = z.infer<typeof optionsSchema>;

/** Everything that can be known to fail, or to be tight, before a machine is made. */
export function checkWish({ options, image, size }: RecipeWish): PlanProblem[] {
  const parsed = optionsSchema.parse(options);
  const { preset, branch } = parsed;
  const memoryMiB = wantedMemory(parsed);
  const unsupported = mismatch(branch, image);
  return [
    ...(unsupported ? [unsupported] : []),
    ...pluginProblems(parsed),
    ...(size.memoryMiB < memoryMiB
      ? [
          {
            field: 'size.memoryMiB',
            message: `"${findPreset(preset).title}" ${parsed.plugins.length > 0 ? 'with these plugins ' : ''}wants ${memoryMiB / 1024} GiB of memory; with less it swaps and takes much longer.`,
            severity: 'warning' as const,
          },
        ]
      : []),
  ];
}
