/** A machine and nothing else: the smallest recipe, and the example to start a new one from. */
import { z } from 'zod';
import { expectSuccess } from '../proof';
import { defineRecipe } from '../load';
import yaml from './recipe.yaml?raw';

export const plainMachine = defineRecipe({
  folder: 'plain-machine',
  yaml,
  scripts: {},
  options: z.strictObject({}),
  env: () => ({}),
  proof: [
    {
      id: 'answers',
      title: 'Run a command in it',
      async run({ guest, signal }) {
        expectSuccess('uptime', await guest.exec(['uptime'], { signal }));
      },
    },
  ],
});
