/** What can be chosen about DevStack, and what does not go together. */
import { z } from 'zod';
import type { PlanProblem } from '../../contract/models';
import { choiceOption, numberOption, switchOption, textOption } from '../options';
import type { RecipeWish } from '../types';
import { lintOwnLines } from './lint';
import { findPreset, mismatch, releases } from './releases';
import { gitServerOption } from '../shared/git-server';
import { lineProblems, reservedLines } from '../shared/own-lines';

export const optionsSchema = z.strictObject({
  preset: choiceOption({
    label: 'Services',
    default: 'standard',
    choices: releases.presets.map(({ id, title, help }) => ({ value: id, label: title, help })),
  }),
  branch: choiceOption({
    label: 'Branch',
    help: 'Of DevStack and of every project that it installs.',
    default: 'stable/2026.1',
    choices: releases.branches.map(({ name, title }) => ({ value: name, label: title })),
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
  localConf: textOption({
    label: 'Own lines for local.conf',
    help: 'Variables for [[local|localrc]], or whole sections like [[post-config|$NOVA_CONF]]. They win over the rest.',
    default: '',
    lines: true,
    maxLength: 20_000,
  }),
});

/** Stackbox follows the install by these, and the card shows the passwords that were generated. */
const RESERVED =
  /^\s*(?:export\s+)?((?:ADMIN|DATABASE|RABBIT|SERVICE)_PASSWORD|LOGFILE|LOGDIR|VERBOSE|LOG_COLOR|DEST|DATA_DIR)\s*=/;

/** Everything that can be known to fail, or to be tight, before a machine is made. */
export function checkWish({ options, image, size }: RecipeWish): PlanProblem[] {
  const { preset, branch, localConf } = optionsSchema.parse(options);
  const { title, memoryMiB } = findPreset(preset);
  const unsupported = mismatch(branch, image);
  return [
    ...(unsupported ? [unsupported] : []),
    ...lineProblems('recipe.options.localConf', [...reservedLines(localConf, RESERVED), ...lintOwnLines(localConf)]),
    ...(size.memoryMiB < memoryMiB
      ? [
          {
            field: 'size.memoryMiB',
            message: `"${title}" wants ${memoryMiB / 1024} GiB of memory; with less it swaps and takes much longer.`,
            severity: 'warning' as const,
          },
        ]
      : []),
  ];
}
