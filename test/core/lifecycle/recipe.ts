/** A recipe as small as one can be that has everything: a job, a password, a known error, a proof and an endpoint. */
import { z } from 'zod';
import { defineRecipe } from '../../../main/recipes/load';
import { numberOption } from '../../../main/recipes/options';
import { expectSuccess } from '../../../main/recipes/proof';

/** The job says its password, as installers do, waits where a test has put a pipe, and fails where a test says so. */
const INSTALL = `echo "installing with $ADMIN_PASSWORD"
if [ -p "$GUEST/wait" ]; then read -r _ <"$GUEST/wait"; fi
if [ -e "$GUEST/full" ]; then echo "write failed for $ADMIN_PASSWORD: No space left on device"; exit 1; fi
if [ -e "$GUEST/slow" ] && [ "$PATIENCE" -lt 60 ]; then echo 'Too slow'; exit 1; fi
echo installed`;

export const lab = defineRecipe({
  folder: 'lab',
  yaml: `
id: lab
title: Lab
summary: For tests.
services: []
images: [debian-12]
minutes: 1
least: { cpus: 1, memoryMiB: 512, diskGiB: 2 }
presets: [{ id: small, title: Small, size: { cpus: 1, memoryMiB: 512, diskGiB: 2 } }]
steps: [{ id: install, title: Install it, script: install.sh, seconds: 1 }]
errors:
  - { match: No space left, cause: The disk of the machine is full., cure: Make a larger disk., apply: tidy }
  - { match: Too slow, cause: It is slow., cure: Give it time., apply: patience }
cures:
  - { id: tidy, title: Tidy up and try again, steps: [{ id: tidy, title: Tidy up, script: tidy.sh, seconds: 1 }] }
  - { id: patience, title: Give it time and try again, set: { patience: 60 } }
repairs:
  - { id: address, title: Bring the address back, check: check.sh, script: repair.sh, seconds: 1 }
actions:
  - { id: again, title: Do it again, help: Installs it once more., confirm: All data., proof: true, steps: [{ use: install }] }
  - id: down
    title: Take it down
    help: Stops it.
    confirm: All data.
    down: It was taken down
    steps: [{ id: take-down, title: Stop it, script: down.sh, seconds: 1 }]
endpoints: [{ id: api, title: API, port: 5000, path: /v3 }]
credentials: [{ id: admin, title: Administrator, username: admin }]
client:
  endpoint: api
  credential: admin
  services: { compute: { port: 5000, path: /compute/v2.1 }, image: { port: 9292, path: /v2 } }
`,
  services: `
groups:
  - title: Nova
    services:
      - { name: Nova API, units: [devstack@n-api.service], config: [/etc/lab/nova.conf, /etc/lab/more.conf] }
      - { name: Nova scheduler, units: [devstack@n-sch.service], config: [/etc/lab/nova.conf] }
      - { name: 'Nova conductor ($1)', units: ['devstack@n-cond-*.service'], config: ['/etc/lab/nova_$1.conf'] }
  - title: Beneath it
    services: [{ name: MariaDB, units: [mariadb.service, mysql.service], hurts: All services lose their database. }]
`,
  scripts: {
    'install.sh': INSTALL,
    'tidy.sh': 'echo tidying; rm "$GUEST/full"',
    'down.sh': 'echo taken down',
    'check.sh': '[ ! -e "$GUEST/lost" ] || { echo "The address is gone for $ADMIN_PASSWORD"; exit 1; }',
    'repair.sh': 'echo "repairing with $ADMIN_PASSWORD"; [ -e "$GUEST/hopeless" ] || rm "$GUEST/lost"',
  },
  options: z.strictObject({
    patience: numberOption({ label: 'Patience', default: 5, min: 0, max: 60 }),
  }),
  env: ({ passwords, options }) => ({
    ADMIN_PASSWORD: passwords['admin'] ?? '',
    PATIENCE: String(options['patience']),
  }),
  openrc: [
    { id: 'admin', title: 'OpenStack as admin', file: '/etc/admin-openrc' },
    { id: 'demo', title: 'OpenStack as demo', file: '/etc/demo-openrc' },
  ],
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
