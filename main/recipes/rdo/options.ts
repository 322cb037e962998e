/** What can be chosen about RDO, and what does not go together. */
import { z } from 'zod';
import type { PlanProblem } from '../../contract/models';
import { choiceOption, fileOption, numberOption, switchOption } from '../options';
import type { RecipeWish } from '../types';

export type Preset = 'compute' | 'standard' | 'full';

export const optionsSchema = z.strictObject({
  preset: choiceOption<Preset>({
    label: 'Services',
    default: 'standard',
    choices: [
      { value: 'compute', label: 'Compute', help: 'Keystone, Glance, Placement, Nova and Neutron.' },
      {
        value: 'standard',
        label: 'Compute, block storage and dashboard',
        help: 'The usual cloud, with Cinder and Horizon.',
      },
      { value: 'full', label: 'Everything of the usual, object store and orchestration', help: 'With Swift and Heat.' },
    ],
  }),
  demo: switchOption({
    label: 'Demo project',
    help: 'A user "demo", a network with floating addresses, and the small CirrOS image from the internet.',
    default: true,
  }),
  execTimeout: numberOption({
    label: 'Time-out of a command',
    help: 'How long a single command of Puppet may take. Slow machines need more.',
    // packstack's own.
    default: 300,
    min: 60,
    max: 7200,
    unit: 's',
  }),
  answers: fileOption({
    label: 'Answer file',
    help: 'packstack’s answers, made from what is chosen here. Change them as you like: your changes stay.',
    fileName: 'answers.txt',
  }),
});

/** Below it the install swaps; packstack's own guide asks for 16 GiB. */
const COMFORTABLE_MIB = 12_288;

export function checkWish({ image, size }: RecipeWish): PlanProblem[] {
  return [
    ...(image.release === '10-stream' || image.release.startsWith('10')
      ? [
          {
            field: 'image',
            message: `RDO never released packages for ${image.title}: it ended its builds with Epoxy, for CentOS Stream 9.`,
            hint: 'Choose CentOS Stream 9.',
            severity: 'problem' as const,
          },
        ]
      : []),
    ...(size.memoryMiB < COMFORTABLE_MIB
      ? [
          {
            field: 'size.memoryMiB',
            message: 'RDO wants 16 GiB of memory; with less than 12 it swaps and takes much longer.',
            severity: 'warning' as const,
          },
        ]
      : []),
  ];
}
