/** RDO: OpenStack from CentOS packages, set up by packstack and its Puppet manifests. */
import { StackboxError } from '../../contract/errors';
import { finishedFile } from '../config-file';
import cureClock from '../shared/cure-clock.sh?raw';
import cureResolver from '../shared/cure-resolver.sh?raw';
import cureSwap from '../shared/cure-swap.sh?raw';
import { defineRecipe } from '../load';
import { catalogueCheck, computeCheck, dashboardCheck, tokenCheck } from '../shared/cloud-proof';
import fullHostname from '../shared/full-hostname.sh?raw';
import interfaceOf from '../shared/interface.sh?raw';
import openrc from '../shared/openrc.sh?raw';
import { bootNetwork, bootRecord, bootServices, recordedRepair } from '../shared/boot-repairs';
import room from '../shared/room.sh?raw';
import type { RecipeContext, RecipeFile } from '../types';
import { answerValues, generateAnswers, lintAnswers, PLACEHOLDERS, uniqueAnswers } from './answers';
import answersScript from './answers.sh?raw';
import bootDisks from './boot-disks.sh?raw';
import record from './boot-record.sh?raw';
import cureDnf from './cure-dnf.sh?raw';
import cureOvn from './cure-ovn.sh?raw';
import curePackageLists from './cure-package-lists.sh?raw';
import cureRabbitmq from './cure-rabbitmq.sh?raw';
import cureRootSsh from './cure-root-ssh.sh?raw';
import errors from './errors.yaml?raw';
import install from './install.sh?raw';
import { checkWish, optionsSchema } from './options';
import prepare from './prepare.sh?raw';
import yaml from './recipe.yaml?raw';
import repositories from './repositories.sh?raw';
import restart from './restart.sh?raw';
import services from './services.yaml?raw';
import runPackstack from './run-packstack.sh?raw';

const OPENRC = '/etc/stackbox/admin-openrc';

const dashboard = dashboardCheck({ url: ({ attachment }) => `http://${attachment.address}/dashboard/auth/login/` });

const files: Record<string, RecipeFile> = {
  answers: {
    generate: ({ options, size }) => generateAnswers({ ...optionsSchema.parse(options), diskGiB: size.diskGiB }),
    placeholders: PLACEHOLDERS,
    lint: lintAnswers,
  },
};

export const rdo = defineRecipe({
  folder: 'rdo',
  yaml,
  services,
  errors,
  scripts: {
    'prepare.sh': room + interfaceOf + fullHostname + prepare,
    'repositories.sh': repositories,
    'install.sh': install,
    'answers.sh': answersScript,
    'run-packstack.sh': runPackstack,
    'openrc.sh': openrc,
    'boot-record.sh': bootRecord('rdo', record),
    ...recordedRepair('rdo', 'boot-disks', bootDisks),
    ...recordedRepair('rdo', 'boot-network', bootNetwork),
    ...recordedRepair('rdo', 'boot-services', bootServices),
    'restart.sh': restart,
    'cure-dnf.sh': cureDnf,
    'cure-package-lists.sh': curePackageLists,
    'cure-root-ssh.sh': cureRootSsh,
    'cure-host-name.sh': fullHostname + cureRabbitmq,
    'cure-ovn.sh': cureOvn,
    // Nothing of DevStack's is in these: they ask for whatever the distribution has.
    'cure-swap.sh': cureSwap,
    'cure-resolver.sh': cureResolver,
    'cure-clock.sh': cureClock,
  },
  options: optionsSchema,
  check: checkWish,
  files,
  openrc: OPENRC,
  /** packstack has its passwords from the answer file alone. */
  env(context, step) {
    const { address } = context.attachment;
    switch (step) {
      case 'prepare':
        return { ADDRESS: address, FREE_MIB: '15000' };
      case 'answers':
        return { ANSWERS: answersOf(context) };
      case 'packstack':
        return { ADDRESS: address, EXEC_TIMEOUT: String(optionsSchema.parse(context.options).execTimeout) };
      case 'boot-record':
      case 'allow-root-ssh':
      case 'fix-host-name':
        return { ADDRESS: address };
      case 'fix-resolver':
        return { HOST: 'centos.org' };
      case 'openrc':
        return openrcValues(context);
      default:
        return {};
    }
  },
  proof: [
    tokenCheck(OPENRC),
    catalogueCheck(OPENRC, (options) => {
      const { preset } = optionsSchema.parse(options);
      return [
        ...['identity', 'image', 'compute', 'placement', 'network'].map((type) => [type]),
        ...(preset === 'compute' ? [] : [['volumev3', 'block-storage']]),
        ...(preset === 'full' ? [['object-store'], ['orchestration']] : []),
      ];
    }),
    computeCheck(OPENRC, 'Read "sudo journalctl -u openstack-nova-compute" in a terminal.'),
    { ...dashboard, when: (options) => optionsSchema.parse(options).preset !== 'compute' },
  ],
});

function answersOf(context: RecipeContext): string {
  const values = answerValues(context.passwords, context.attachment.address);
  return uniqueAnswers(finishedFile({ files }, 'answers', context, values));
}

function openrcValues({ attachment: { address }, passwords }: RecipeContext): Record<string, string> {
  const password = passwords['admin'];
  if (password === undefined) throw new StackboxError('internal', 'The cloud has no password for its administrator.');
  return { ADDRESS: address, AUTH_URL: `http://${address}:5000/v3`, ADMIN_PASSWORD: password, OPENRC };
}
