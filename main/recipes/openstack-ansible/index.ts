/** OpenStack-Ansible's all-in-one: OpenStack from sources, on the machine itself. */
import { z } from 'zod';
import { StackboxError } from '../../contract/errors';
import { defineRecipe } from '../load';
import cureApt from '../shared/cure-apt.sh?raw';
import cureClock from '../shared/cure-clock.sh?raw';
import curePackageLists from '../shared/cure-package-lists.sh?raw';
import cureResolver from '../shared/cure-resolver.sh?raw';
import cureSwap from '../shared/cure-swap.sh?raw';
import { choiceOption, textOption } from '../options';
import ansible from '../shared/ansible.sh?raw';
import { catalogueCheck, computeCheck, dashboardCheck, tokenCheck } from '../shared/cloud-proof';
import gitMirror from '../shared/git-mirror.sh?raw';
import { gitServerOption } from '../shared/git-server';
import interfaceOf from '../shared/interface.sh?raw';
import { bootNetwork, bootRecord, bootServices, recordedRepair } from '../shared/boot-repairs';
import openrc from '../shared/openrc.sh?raw';
import { lineProblems, lintYamlVariables } from '../shared/own-lines';
import room from '../shared/room.sh?raw';
import waitForApt from '../shared/wait-for-apt.sh?raw';
import type { RecipeContext } from '../types';
import bootBridges from './boot-bridges.sh?raw';
import bootDisks from './boot-disks.sh?raw';
import record from './boot-record.sh?raw';
import bootstrapAio from './bootstrap-aio.sh?raw';
import bootstrapAnsible from './bootstrap-ansible.sh?raw';
import clone from './clone.sh?raw';
import cureRabbitmq from './cure-rabbitmq.sh?raw';
import database from './database.sh?raw';
import errors from './errors.yaml?raw';
import internal from './internal.sh?raw';
import overrides from './overrides.sh?raw';
import prepare from './prepare.sh?raw';
import yaml from './recipe.yaml?raw';
import services from './services.yaml?raw';
import runPlaybook from './run-playbook.sh?raw';

const OPENRC = '/etc/stackbox/admin-openrc';

/** `bootstrap_host_internal_address` of its AIO: the only one that a certificate of its own is not needed for. */
const INTERNAL = '172.29.236.101';

const optionsSchema = z.strictObject({
  scenario: choiceOption({
    label: 'Scenario',
    help: 'What OpenStack-Ansible calls it is in brackets.',
    default: 'aio_metal',
    choices: [
      { value: 'aio_metal', label: 'Compute, block storage and dashboard (aio_metal)' },
      { value: 'aio_metal_ceph', label: 'The same on Ceph (aio_metal_ceph)', help: 'Images and volumes in Ceph.' },
      { value: 'aio_metal_heat', label: 'The same with orchestration (aio_metal_heat)', help: 'With Heat.' },
    ],
  }),
  version: textOption({
    label: 'Version',
    help: 'A tag or branch of OpenStack-Ansible. Tags are tested, the head of a branch may be broken.',
    default: '33.0.1',
    rule: { match: /^(?:\d+\.\d+\.\d+(?:\.0rc\d+)?|stable\/\d{4}\.[12]|master)$/, message: 'must be like 33.0.1' },
  }),
  gitBase: gitServerOption,
  variables: textOption({
    label: 'Own lines for user_variables.yml',
    help: 'YAML: "name: value", one a line. They win over the defaults of the scenario.',
    default: '',
    lines: true,
    maxLength: 20_000,
  }),
});

/** Set by the scenario, and shown on the card. */
const RESERVED = [
  'keystone_auth_admin_password',
  'internal_lb_vip_address',
  'external_lb_vip_address',
  'install_method',
];

/** Steps that are a playbook each, with the words that it gets in addition. */
const PLAYBOOKS: Readonly<Record<string, readonly [playbook: string, words?: string]>> = {
  'setup-hosts': ['openstack.osa.setup_hosts'],
  'setup-infrastructure': ['openstack.osa.setup_infrastructure'],
  'setup-openstack': ['openstack.osa.setup_openstack'],
  health: ['openstack.osa.healthcheck.infrastructure'],
  // doc/source/admin/maintenance-tasks/galera.rst, "Galera cluster recovery".
  'galera-playbook': ['openstack.osa.galera_server', '-e galera_force_bootstrap=true --tags galera_server-config'],
};

export const openstackAnsible = defineRecipe({
  folder: 'openstack-ansible',
  yaml,
  services,
  errors,
  scripts: {
    'prepare.sh': waitForApt + room + prepare,
    'clone.sh': gitMirror + clone,
    'bootstrap-ansible.sh': bootstrapAnsible,
    'bootstrap-aio.sh': ansible + interfaceOf + bootstrapAio,
    'overrides.sh': overrides,
    'run-playbook.sh': ansible + runPlaybook,
    'openrc.sh': openrc + internal,
    'boot-record.sh': bootRecord('openstack-ansible', record),
    ...recordedRepair('openstack-ansible', 'boot-network', bootBridges + bootNetwork),
    ...recordedRepair('openstack-ansible', 'boot-disks', bootDisks),
    // Asks MariaDB itself, so it needs nothing written down.
    'database-check.sh': `fix=\n${database}`,
    'database.sh': `fix=yes\n${database}`,
    ...recordedRepair('openstack-ansible', 'boot-services', bootServices),
    'cure-apt.sh': waitForApt + cureApt,
    'cure-package-lists.sh': waitForApt + curePackageLists,
    'cure-swap.sh': cureSwap,
    'cure-resolver.sh': cureResolver,
    'cure-clock.sh': cureClock,
    'cure-rabbitmq.sh': cureRabbitmq,
  },
  options: optionsSchema,
  check: ({ options }) =>
    lineProblems('recipe.options.variables', lintYamlVariables(optionsSchema.parse(options).variables, RESERVED)),
  openrc: OPENRC,
  /** Each step gets no more than it needs. */
  env(context, step) {
    const { scenario, version, gitBase, variables } = optionsSchema.parse(context.options);
    const { address } = context.attachment;
    const [playbook, words = ''] = (Object.hasOwn(PLAYBOOKS, step) ? PLAYBOOKS[step] : undefined) ?? [];
    if (playbook !== undefined) return { PLAYBOOK: playbook, WORDS: words, ADDRESS: address };
    switch (step) {
      case 'prepare':
        return { FREE_MIB: '50000' };
      case 'clone':
        return { GIT_BASE: gitBase, VERSION: version };
      case 'bootstrap-ansible':
        return { GIT_BASE: gitBase };
      case 'bootstrap-aio':
        return { SCENARIO: scenario, ADDRESS: address };
      case 'overrides':
        return { OWN_VARIABLES: variables, ADMIN_PASSWORD: adminPassword(context) };
      case 'fix-resolver':
        return { HOST: new URL(gitBase).hostname };
      case 'openrc':
        return {
          ADDRESS: INTERNAL,
          AUTH_URL: `http://${INTERNAL}:5000/v3`,
          ADMIN_PASSWORD: adminPassword(context),
          OPENRC,
        };
      default:
        return {};
    }
  },
  proof: [
    tokenCheck(OPENRC),
    catalogueCheck(OPENRC, (options) => [
      ...['identity', 'image', 'compute', 'placement', 'network'].map((type) => [type]),
      ['volumev3', 'block-storage'],
      ...(optionsSchema.parse(options).scenario === 'aio_metal_heat' ? [['orchestration']] : []),
    ]),
    computeCheck(OPENRC, 'Read "sudo journalctl -u nova-compute" in a terminal.'),
    dashboardCheck({ url: ({ attachment }) => `https://${attachment.address}/auth/login/`, selfSigned: true }),
  ],
});

function adminPassword({ passwords }: RecipeContext): string {
  const password = passwords['admin'];
  if (password !== undefined) return password;
  throw new StackboxError('internal', 'The cloud has no password for its administrator.');
}
