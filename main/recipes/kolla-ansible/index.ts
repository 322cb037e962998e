/** Kolla-Ansible: OpenStack in containers, all in one machine. */
import { z } from 'zod';
import { StackboxError } from '../../contract/errors';
import type { Image, PlanProblem } from '../../contract/models';
import cureApt from '../shared/cure-apt.sh?raw';
import cureClock from '../shared/cure-clock.sh?raw';
import curePackageLists from '../shared/cure-package-lists.sh?raw';
import cureResolver from '../shared/cure-resolver.sh?raw';
import cureSwap from '../shared/cure-swap.sh?raw';
import { defineRecipe } from '../load';
import { choiceOption, switchOption, textOption } from '../options';
import ansible from '../shared/ansible.sh?raw';
import { catalogueCheck, computeCheck, dashboardCheck, tokenCheck } from '../shared/cloud-proof';
import gitMirror from '../shared/git-mirror.sh?raw';
import { gitServerOption } from '../shared/git-server';
import interfaceOf from '../shared/interface.sh?raw';
import openrc from '../shared/openrc.sh?raw';
import { lineProblems, lintYamlVariables } from '../shared/own-lines';
import { checkAndRepair } from '../shared/boot-repairs';
import room from '../shared/room.sh?raw';
import waitForApt from '../shared/wait-for-apt.sh?raw';
import type { RecipeContext } from '../types';
import bootContainers from './boot-containers.sh?raw';
import bootDatabaseCheck from './boot-database-check.sh?raw';
import bootInterface from './boot-interface.sh?raw';
import bootNames from './boot-names.sh?raw';
import bootSysctl from './boot-sysctl.sh?raw';
import configure from './configure.sh?raw';
import cureDocker from './cure-docker.sh?raw';
import curePasswords from './cure-passwords.sh?raw';
import errors from './errors.yaml?raw';
import install from './install.sh?raw';
import instances from './instances.sh?raw';
import prepare from './prepare.sh?raw';
import yaml from './recipe.yaml?raw';
import services from './services.yaml?raw';
import run from './run.sh?raw';

const OPENRC = '/etc/stackbox/admin-openrc';

/** By `host_os_distributions` of each branch's prechecks. */
const BRANCHES = {
  'stable/2026.1': ['ubuntu 24.04', 'debian 12', 'debian 13'],
  'stable/2025.2': ['ubuntu 24.04', 'debian 12'],
} as const;

/** Of a server, or nothing. No character in it means anything to sed. */
const ADDRESS = /^(?:https?:\/\/[A-Za-z0-9._~:@[\]-]+(?:\/[A-Za-z0-9._~/-]*)?)?$/;

const optionsSchema = z.strictObject({
  branch: choiceOption({
    label: 'Branch',
    help: 'Of Kolla-Ansible and of the containers that it fetches.',
    default: 'stable/2026.1',
    choices: [
      { value: 'stable/2026.1', label: '2026.1 Gazpacho' },
      { value: 'stable/2025.2', label: '2025.2 Flamingo' },
    ],
  }),
  heat: switchOption({ label: 'Heat', help: 'Orchestration.', default: false }),
  gitBase: gitServerOption,
  collections: textOption({
    label: 'Server of Ansible collections',
    help: 'A mirror of your own of Ansible Galaxy. Empty for https://galaxy.ansible.com.',
    default: '',
    rule: { match: ADDRESS, message: 'must be an address like https://galaxy.lab/api' },
  }),
  registry: textOption({
    label: 'Container registry',
    help: 'A mirror of your own, without https://. Empty for the one that Kolla uses.',
    default: '',
    rule: { match: /^(?:[A-Za-z0-9.-]+(?::\d+)?(?:\/[\w./-]+)?)?$/, message: 'must be like registry.lab:5000' },
  }),
  globals: textOption({
    label: 'Own lines for globals.yml',
    help: 'YAML: "name: value", one a line. They win over what Stackbox writes.',
    default: '',
    lines: true,
    maxLength: 20_000,
  }),
});

/** The machine's place, and what follows from it. */
const RESERVED = [
  'kolla_internal_vip_address',
  'network_interface',
  'neutron_external_interface',
  'kolla_base_distro',
  'node_config',
  'keystone_admin_password',
  'database_password',
];

export const kollaAnsible = defineRecipe({
  folder: 'kolla-ansible',
  yaml,
  services,
  errors,
  scripts: {
    'prepare.sh': waitForApt + room + prepare,
    'install.sh': gitMirror + install,
    'configure.sh': interfaceOf + configure,
    'run.sh': ansible + run,
    'openrc.sh': openrc,
    ...checkAndRepair('boot-names', bootNames),
    ...checkAndRepair('boot-interface', bootInterface),
    ...checkAndRepair('boot-sysctl', bootSysctl),
    'boot-database-check.sh': bootDatabaseCheck,
    ...checkAndRepair('boot-containers', bootContainers),
    'instances.sh': instances,
    'cure-docker.sh': cureDocker,
    'cure-passwords.sh': curePasswords,
    // Nothing of DevStack's is in these: they ask for whatever the distribution has.
    'cure-apt.sh': waitForApt + cureApt,
    'cure-package-lists.sh': waitForApt + curePackageLists,
    'cure-swap.sh': cureSwap,
    'cure-resolver.sh': cureResolver,
    'cure-clock.sh': cureClock,
  },
  options: optionsSchema,
  check({ options, image }) {
    const { branch, globals } = optionsSchema.parse(options);
    return [
      ...mismatch(branch, image),
      ...lineProblems('recipe.options.globals', lintYamlVariables(globals, RESERVED)),
    ];
  },
  openrc: OPENRC,
  /** Each step gets no more than it needs. */
  env(context, step) {
    const { branch, heat, gitBase, collections, registry, globals } = optionsSchema.parse(context.options);
    const { address } = context.attachment;
    switch (step) {
      case 'prepare':
        return { FREE_MIB: '30000' };
      case 'install':
        return { GIT_BASE: gitBase, BRANCH: branch, COLLECTIONS: collections };
      case 'configure':
        return {
          ADDRESS: address,
          HEAT: heat ? 'true' : 'false',
          REGISTRY: registry,
          OWN_GLOBALS: globals,
          ADMIN_PASSWORD: password(context, 'admin'),
          DATABASE_PASSWORD: password(context, 'database'),
        };
      case 'openrc':
        return {
          ADDRESS: address,
          AUTH_URL: `http://${address}:5000/v3`,
          ADMIN_PASSWORD: password(context, 'admin'),
          OPENRC,
        };
      case 'fix-resolver':
        return { HOST: new URL(gitBase).hostname };
      case 'stop-instances':
        return { GRACE: '90' };
      case 'destroy-instances':
      case 'switch-instances-off':
        return { GRACE: '0' };
      case 'recover-database':
      case 'repair-database':
        return { ADDRESS: address, COMMAND: 'mariadb-recovery' };
      // Steps that run Kolla-Ansible are called as its commands are.
      default:
        return { ADDRESS: address, COMMAND: step };
    }
  },
  proof: [
    tokenCheck(OPENRC),
    catalogueCheck(OPENRC, (options) => [
      ...['identity', 'image', 'compute', 'placement', 'network'].map((type) => [type]),
      ...(optionsSchema.parse(options).heat ? [['orchestration']] : []),
    ]),
    computeCheck(OPENRC, 'Read "sudo docker logs nova_compute" in a terminal.'),
    dashboardCheck({ url: ({ attachment }) => `http://${attachment.address}/auth/login/` }),
  ],
});

function mismatch(
  branch: keyof typeof BRANCHES,
  { os, release, title }: Pick<Image, 'os' | 'release' | 'title'>,
): PlanProblem[] {
  const supported: readonly string[] = BRANCHES[branch];
  if (supported.includes(`${os} ${release}`)) return [];
  const message = `Kolla-Ansible's branch ${branch} does not support ${title}.`;
  const hint = 'Choose Ubuntu 24.04, or another branch.';
  return [{ field: 'recipe.options.branch', message, hint, severity: 'problem' }];
}

function password({ passwords }: RecipeContext, name: string): string {
  const value = passwords[name];
  if (value !== undefined) return value;
  throw new StackboxError('internal', `The cloud has no ${name} password.`);
}
