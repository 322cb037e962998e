/** Sunbeam: Canonical's OpenStack on Kubernetes, from snaps. */
import { z } from 'zod';
import cureApt from '../shared/cure-apt.sh?raw';
import cureClock from '../shared/cure-clock.sh?raw';
import cureResolver from '../shared/cure-resolver.sh?raw';
import { defineRecipe } from '../load';
import { switchOption, textOption } from '../options';
import { catalogueCheck, computeCheck, tokenCheck } from '../shared/cloud-proof';
import fullHostname from '../shared/full-hostname.sh?raw';
import interfaceOf from '../shared/interface.sh?raw';
import loginUser from '../shared/login-user.sh?raw';
import { bootNetwork, bootRecord, bootServices, recordedRepair } from '../shared/boot-repairs';
import room from '../shared/room.sh?raw';
import waitForApt from '../shared/wait-for-apt.sh?raw';
import waitForBridge from './boot-network.sh?raw';
import record from './boot-record.sh?raw';
import bootstrap from './bootstrap.sh?raw';
import clusterStatus from './cluster-status.sh?raw';
import command from './command.sh?raw';
import configure from './configure.sh?raw';
import cureClusterd from './cure-clusterd.sh?raw';
import curePlans from './cure-plans.sh?raw';
import cureSnapd from './cure-snapd.sh?raw';
import errors from './errors.yaml?raw';
import follow from './follow.sh?raw';
import openrc from './openrc.sh?raw';
import pods from './pods.sh?raw';
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

/** Steps that are one more command of Sunbeam's, and what it says when it is done (snap-openstack 4e57fa4f). */
const COMMANDS: Readonly<Record<string, readonly [command: string, wanted: string]>> = {
  resize: ['cluster resize', 'Resize complete.'],
  'enable-orchestration': ['enable orchestration', 'application enabled.'],
  'disable-orchestration': ['disable orchestration', 'application disabled.'],
  'juju-login': ['utils juju-login', 'Juju re-login complete.'],
};

export const sunbeam = defineRecipe({
  folder: 'sunbeam',
  yaml,
  services,
  errors,
  scripts: {
    'prepare.sh': waitForApt + room + interfaceOf + fullHostname + prepare,
    'prepare-node.sh': loginUser + prepareNode,
    'bootstrap.sh': loginUser + follow + bootstrap,
    'configure.sh': loginUser + follow + configure,
    'openrc.sh': loginUser + openrc,
    'boot-record.sh': bootRecord('sunbeam', record),
    ...recordedRepair('sunbeam', 'boot-services', bootServices),
    ...recordedRepair('sunbeam', 'boot-network', waitForBridge + bootNetwork),
    // Asks Kubernetes itself, so it needs nothing written down.
    'pods-check.sh': `fix=\n${pods}`,
    'pods.sh': `fix=yes\n${pods}`,
    'cluster-status.sh': `${loginUser}${clusterStatus}fix=\n${pods}`,
    'command.sh': loginUser + follow + command,
    'cure-apt.sh': waitForApt + cureApt,
    'cure-snapd.sh': cureSnapd,
    'cure-resolver.sh': cureResolver,
    'cure-clock.sh': cureClock,
    'cure-host-name.sh': interfaceOf + fullHostname,
    'cure-clusterd.sh': cureClusterd,
    'cure-plans.sh': loginUser + curePlans,
  },
  options: optionsSchema,
  openrc: OPENRC,
  env({ options, attachment }, step): Record<string, string> {
    const { channel, demo } = optionsSchema.parse(options);
    const [sunbeamCommand, wanted = ''] = (Object.hasOwn(COMMANDS, step) ? COMMANDS[step] : undefined) ?? [];
    if (sunbeamCommand !== undefined) return { COMMAND: sunbeamCommand, WANTED: wanted };
    switch (step) {
      case 'prepare':
        return { ADDRESS: attachment.address, CHANNEL: channel, FREE_MIB: '90000' };
      case 'boot-record':
      case 'set-host-name':
        return { ADDRESS: attachment.address };
      case 'fix-resolver':
        return { HOST: 'api.charmhub.io' };
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
