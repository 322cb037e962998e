/** Sunbeam: Canonical's OpenStack on Kubernetes, from snaps. */
import { z } from 'zod';
import { defineRecipe } from '../load';
import { switchOption, textOption } from '../options';
import { catalogueCheck, computeCheck, tokenCheck } from '../shared/cloud-proof';
import fullHostname from '../shared/full-hostname.sh?raw';
import interfaceOf from '../shared/interface.sh?raw';
import loginUser from '../shared/login-user.sh?raw';
import room from '../shared/room.sh?raw';
import waitForApt from '../shared/wait-for-apt.sh?raw';
import bootstrap from './bootstrap.sh?raw';
import configure from './configure.sh?raw';
import follow from './follow.sh?raw';
import openrc from './openrc.sh?raw';
import prepareNode from './prepare-node.sh?raw';
import prepare from './prepare.sh?raw';
import yaml from './recipe.yaml?raw';
import services from './services.yaml?raw';

const OPENRC = '/etc/stackbox/admin-openrc';

const optionsSchema = z.strictObject({
  channel: textOption({
    label: 'Channel',
    help: 'Of the snap "openstack", which decides the release. Empty for the one that Canonical recommends.',
    default: '',
    rule: {
      match: /^(?:[\w.-]+\/)?(?:stable|candidate|beta|edge)$|^$/,
      message: 'must be like 2024.1/stable',
    },
  }),
  demo: switchOption({
    label: 'Demo project',
    help: 'A user "demo", networks, flavors and an Ubuntu image.',
    default: true,
  }),
});

export const sunbeam = defineRecipe({
  folder: 'sunbeam',
  yaml,
  services,
  scripts: {
    'prepare.sh': waitForApt + room + interfaceOf + fullHostname + prepare,
    'prepare-node.sh': loginUser + prepareNode,
    'bootstrap.sh': loginUser + follow + bootstrap,
    'configure.sh': loginUser + follow + configure,
    'openrc.sh': loginUser + openrc,
  },
  options: optionsSchema,
  openrc: OPENRC,
  env({ options, attachment }, step): Record<string, string> {
    const { channel, demo } = optionsSchema.parse(options);
    switch (step) {
      case 'prepare':
        return { ADDRESS: attachment.address, CHANNEL: channel, FREE_MIB: '90000' };
      case 'configure':
        return { DEMO: demo ? 'yes' : 'no' };
      case 'openrc':
        return { OPENRC };
      default:
        return {};
    }
  },
  proof: [
    tokenCheck(OPENRC),
    catalogueCheck(OPENRC, () => ['identity', 'image', 'compute', 'placement', 'network'].map((type) => [type])),
    computeCheck(OPENRC, 'Read "sudo snap logs openstack-hypervisor" in a terminal.'),
  ],
});
