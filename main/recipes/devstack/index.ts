/** DevStack: OpenStack from its sources, made by the developers' own `stack.sh`. */
import { StackboxError } from '../../contract/errors';
import { finishedFile } from '../config-file';
import { defineRecipe } from '../load';
import cureApt from '../shared/cure-apt.sh?raw';
import cureClock from '../shared/cure-clock.sh?raw';
import curePackageLists from '../shared/cure-package-lists.sh?raw';
import cureResolver from '../shared/cure-resolver.sh?raw';
import cureSwap from '../shared/cure-swap.sh?raw';
import openrc from '../shared/openrc.sh?raw';
import waitForApt from '../shared/wait-for-apt.sh?raw';
import type { RecipeBranches, RecipeContext, RecipeFile } from '../types';
import { bootNetwork, bootRecord, bootServices, recordedRepair } from '../shared/boot-repairs';
import bootDisks from './boot-disks.sh?raw';
import record from './boot-record.sh?raw';
import clean from './clean.sh?raw';
import clone from './clone.sh?raw';
import cureHostName from './cure-host-name.sh?raw';
import { gatherEvidence } from './evidence';
import errors from './errors.yaml?raw';
import localConfScript from './local-conf.sh?raw';
import { generateLocalConf, PLACEHOLDERS } from './local-conf';
import { localConfValues } from './local-conf-values';
import { lintFile } from './lint';
import { checkWish, optionsSchema } from './options';
import prepare from './prepare.sh?raw';
import { OPENRC, proof } from './proof';
import yaml from './recipe.yaml?raw';
import { findBranch, fits } from './releases';
import services from './services.yaml?raw';
import runStack from './run-stack.sh?raw';
import unstack from './unstack.sh?raw';
import user from './user.sh?raw';

/** DevStack makes a user and a project of this name, with the administrator's password. */
const DEMO_OPENRC = '/etc/stackbox/demo-openrc';

const files: Record<string, RecipeFile> = {
  localConf: {
    generate: ({ options, size }) => generateLocalConf(optionsSchema.parse(options), size),
    placeholders: PLACEHOLDERS,
    lint: lintFile,
  },
};

const branch: RecipeBranches = {
  repository: (options) => `${optionsSchema.parse(options).gitBase}/openstack/devstack`,
  describe(name, image) {
    // Others are of developers of DevStack itself; no project has them.
    if (!/^(?:master|(?:stable|unmaintained)\/\d{4}\.\d)$/.test(name)) return undefined;
    const known = findBranch(name);
    const label = known?.name === name ? known.title : name;
    return { value: name, label, fits: image ? fits(name, image) : 'unknown' };
  },
};

export const devstack = defineRecipe({
  folder: 'devstack',
  yaml,
  services,
  errors,
  scripts: {
    'prepare.sh': waitForApt + prepare,
    'user.sh': user,
    'clone.sh': clone,
    'local-conf.sh': localConfScript,
    'run-stack.sh': runStack,
    'openrc.sh': openrc,
    'boot-record.sh': bootRecord('devstack', record),
    ...recordedRepair('devstack', 'boot-disks', bootDisks),
    ...recordedRepair('devstack', 'boot-network', bootNetwork),
    ...recordedRepair('devstack', 'boot-services', bootServices),
    'unstack.sh': unstack,
    'clean.sh': clean,
    'cure-apt.sh': waitForApt + cureApt,
    'cure-package-lists.sh': waitForApt + curePackageLists,
    'cure-swap.sh': cureSwap,
    'cure-resolver.sh': cureResolver,
    'cure-host-name.sh': cureHostName,
    'cure-clock.sh': cureClock,
  },
  options: optionsSchema,
  check: checkWish,
  files,
  branches: { branch },
  openrc: [
    { id: 'admin', title: 'OpenStack as admin', file: OPENRC },
    { id: 'demo', title: 'OpenStack as demo', file: DEMO_OPENRC },
  ],
  /** Each step gets no more than it needs: stack.sh, for one, has its passwords from `local.conf` alone. */
  async env(context, step) {
    const { gitBase, branch } = optionsSchema.parse(context.options);
    switch (step) {
      case 'clone':
        return { GIT_BASE: gitBase, BRANCH: branch };
      case 'local-conf':
        return { LOCAL_CONF: await localConfOf(context) };
      case 'stack':
      case 'boot-record':
        return { ADDRESS: context.attachment.address };
      case 'fix-resolver':
        return { HOST: new URL(gitBase).hostname };
      case 'openrc':
        return openrcValues(context);
      case 'openrc-demo':
        return { ...openrcValues(context), ACCOUNT: 'demo', OPENRC: DEMO_OPENRC };
      default:
        return {};
    }
  },
  proof,
});

async function localConfOf(context: RecipeContext): Promise<string> {
  const { attachment, size, passwords } = context;
  const { address, subnet } = attachment;
  const evidence = await gatherEvidence(context);
  const values = localConfValues({ address, subnet, size, passwords, evidence });
  return finishedFile({ files }, 'localConf', context, values);
}

function openrcValues({ attachment: { address }, passwords }: RecipeContext): Record<string, string> {
  const password = passwords['admin'];
  if (password === undefined) throw new StackboxError('internal', 'The cloud has no password for its administrator.');
  return { ADDRESS: address, AUTH_URL: `http://${address}/identity/v3`, ADMIN_PASSWORD: password, OPENRC };
}
