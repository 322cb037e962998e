/** Keystone with MariaDB from the packages of Debian or Ubuntu. */
import { z } from 'zod';
import { StackboxError } from '../../contract/errors';
import { defineRecipe } from '../load';
import { openstack } from '../proof';
import database from './database.sh?raw';
import keystone from './keystone.sh?raw';
import packages from './packages.sh?raw';
import yaml from './recipe.yaml?raw';

/** Written by `keystone.sh`. */
const OPENRC = '/etc/stackbox/admin-openrc';

const catalogSchema = z.array(z.looseObject({ Name: z.string(), Type: z.string() }));

export const keystonePackages = defineRecipe({
  yaml,
  scripts: { 'packages.sh': packages, 'database.sh': database, 'keystone.sh': keystone },
  options: z.strictObject({}),
  openrc: OPENRC,
  env: ({ attachment, passwords }) => ({
    ADMIN_PASSWORD: passwords['admin'] ?? '',
    DATABASE_PASSWORD: passwords['database'] ?? '',
    AUTH_URL: `http://${attachment.address}:5000/v3`,
  }),
  proof: [
    {
      id: 'token',
      title: 'Issue a token',
      async run(context) {
        await openstack(OPENRC, ['token', 'issue', '-c', 'expires'], context);
      },
    },
    {
      id: 'catalog',
      title: 'List the catalogue',
      async run(context) {
        const catalog = catalogSchema.parse(await openstack(OPENRC, ['catalog', 'list'], context));
        if (catalog.some(({ Type }) => Type === 'identity')) return;
        throw new StackboxError('guest-failed', 'The catalogue does not name Keystone.');
      },
    },
  ],
});
