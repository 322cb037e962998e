/** RDO: OpenStack from CentOS packages, set up by packstack and its Puppet manifests. */
import { StackboxError } from '../../contract/errors';
import { finishedFile } from '../config-file';
import { defineRecipe } from '../load';
import { catalogueCheck, computeCheck, dashboardCheck, tokenCheck } from '../shared/cloud-proof';
import fullHostname from '../shared/full-hostname.sh?raw';
import interfaceOf from '../shared/interface.sh?raw';
import openrc from '../shared/openrc.sh?raw';
import room from '../shared/room.sh?raw';
import type { RecipeContext, RecipeFile } from '../types';
import { answerValues, generateAnswers, lintAnswers, PLACEHOLDERS, uniqueAnswers } from './answers';
import answersScript from './answers.sh?raw';
import install from './install.sh?raw';
import { checkWish, optionsSchema } from './options';
import prepare from './prepare.sh?raw';
import yaml from './recipe.yaml?raw';
import services from './services.yaml?raw';
import repositories from './repositories.sh?raw';
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
  scripts: {
    'prepare.sh': room + interfaceOf + fullHostname + prepare,
    'repositories.sh': repositories,
    'install.sh': install,
    'answers.sh': answersScript,
    'run-packstack.sh': runPackstack,
    'openrc.sh': openrc,
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
        return { ADDRESS: address };
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
