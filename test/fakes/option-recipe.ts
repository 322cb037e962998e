/** A recipe that has an option of every kind and installs nothing. */
import { z } from 'zod';
import { defineRecipe } from '../../main/recipes/load';
import {
  choiceOption,
  choicesOption,
  numberOption,
  secretOption,
  switchOption,
  textOption,
} from '../../main/recipes/options';

const yaml = `id: options
title: Options
summary: An example with options
services: []
images: [ubuntu-24.04]
minutes: 1
least: { cpus: 1, memoryMiB: 512, diskGiB: 2 }
presets: [{ id: small, title: Small, size: { cpus: 1, memoryMiB: 512, diskGiB: 2 } }]
steps: []
endpoints:
  - { id: api, title: API, port: 80, path: /api }
  - { id: dashboard, title: Dashboard, port: 80, path: /, browser: true, when: { branch: [master] } }
credentials: []
`;

export const optionRecipe = defineRecipe({
  folder: 'options',
  yaml,
  scripts: {},
  options: z.strictObject({
    mirror: textOption({
      label: 'Mirror',
      help: 'Where sources come from.',
      default: 'https://example.org',
      rule: { match: /^https:\/\/\S+$/, message: 'must be an address that starts with https://' },
    }),
    notes: textOption({ label: 'Notes', default: '', lines: true, maxLength: 20 }),
    workers: numberOption({ label: 'Workers', default: 2, min: 1, max: 8, unit: 'processes' }),
    debug: switchOption({ label: 'Debug', default: false }),
    branch: choiceOption({
      label: 'Branch',
      default: 'stable',
      choices: [
        { value: 'stable', label: 'Stable', help: 'Tested.' },
        { value: 'master', label: 'Master' },
      ],
    }),
    plugins: choicesOption({
      label: 'Plugins',
      default: [],
      choices: [
        { value: 'heat', label: 'Heat' },
        { value: 'manila', label: 'Manila' },
      ],
    }),
    token: secretOption({ label: 'Token', required: true }),
    key: secretOption({
      label: 'Key',
      required: false,
      rule: { match: /^[A-Za-z0-9]+$/, message: 'must be letters and digits' },
    }),
  }),
  check: ({ options, image }) =>
    options['branch'] === 'master' && image.release !== '26.04'
      ? [{ field: 'recipe.options.branch', message: `Master is not for ${image.title}.`, severity: 'problem' }]
      : [],
  env: () => ({}),
  proof: [],
});
