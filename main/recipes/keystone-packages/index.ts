/** Keystone with MariaDB from the packages of Debian or Ubuntu. */
import { z } from 'zod';
import { StackboxError } from '../../contract/errors';
import { defineRecipe } from '../load';
import { openstack } from '../proof';
import openrc from '../shared/openrc.sh?raw';
import waitForApt from '../shared/wait-for-apt.sh?raw';
import database from './database.sh?raw';
import install from './install.sh?raw';
import keystone from './keystone.sh?raw';
import prepare from './prepare.sh?raw';
import yaml from './recipe.yaml?raw';
import services from './services.yaml?raw';

const OPENRC = '/etc/stackbox/admin-openrc';

const catalogSchema = z.array(z.object({ Name: z.string(), Type: z.string() }));
const projectsSchema = z.array(z.object({ Name: z.string() }));

export const keystonePackages = defineRecipe({
  folder: 'keystone-packages',
  yaml,
  services,
  scripts: {
    'prepare.sh': waitForApt + prepare,
    'install.sh': install,
    'database.sh': database,
    'keystone.sh': keystone,
    'openrc.sh': openrc,
  },
  options: z.strictObject({}),
  openrc: OPENRC,
  env({ attachment, passwords }) {
    const password = passwords['admin'];
    if (password === undefined) throw new StackboxError('internal', 'The cloud has no password for its administrator.');
    const { address } = attachment;
    return { ADDRESS: address, AUTH_URL: `http://${address}:5000/v3`, ADMIN_PASSWORD: password, OPENRC };
  },
  proof: [
    {
      id: 'token',
      title: 'Issue a token',
      async run(context) {
        // Only when it expires: the token itself opens the cloud and belongs into no log.
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
    {
      id: 'projects',
      title: 'List the projects',
      async run(context) {
        const projects = projectsSchema.parse(await openstack(OPENRC, ['project', 'list'], context));
        if (projects.some(({ Name }) => Name === 'admin')) return;
        throw new StackboxError('guest-failed', 'Keystone does not know the project "admin".');
      },
    },
  ],
});
