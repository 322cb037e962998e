/** Making a machine in VirtualBox and removing it again. */
import { rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { StackboxError } from '../../contract/errors';
import type { Attachment, CallOptions, MachineSpec } from '../driver';
import type { Machines } from './machines';
import { DISK, diskPath, seedPath } from './media';
import { adapterOptions } from './network';
import { CLOUD_KEY, groupOfCloud, uuidOfMachine } from './ownership';
import { domainState, type MachineInfo } from './output';
import { shownText } from './spec';
import type { VBoxManage } from './vboxmanage';
import type { Version } from './version';

/** Name of the one disk controller. Every kernel of a vendor's cloud image but Debian's `genericcloud` has AHCI. */
const CONTROLLER = 'Stackbox';

/** Name of the folder in a machine's own below which VirtualBox keeps its settings and logs. */
const SETTINGS = 'virtualbox';

/** File in the machine's folder that VirtualBox writes the serial console to. */
export function consolePath(spec: Pick<MachineSpec, 'folder'>): string {
  return join(spec.folder, 'console.log');
}

/** Folder below which VirtualBox keeps the machine's settings and logs; ours alone. */
export function settingsHome(spec: Pick<MachineSpec, 'folder'>): string {
  return join(spec.folder, SETTINGS);
}

/** Makes the machine, or brings one that is there and stopped to what is asked. Safe to repeat at any point. */
export async function defineMachine(
  manage: VBoxManage,
  machines: Machines,
  spec: MachineSpec,
  attachment: Attachment,
  nested: boolean,
  options: CallOptions,
): Promise<void> {
  const uuid = uuidOfMachine(spec.id);
  const version = await manage.version(options);
  await machines.assertNameFree(spec.domain, uuid, options);
  let found = await machines.find(spec.domain, options);
  if (found && domainState(found.info.get('VMState') ?? '') !== 'stopped') return;
  if (!found) {
    // What is there without being registered was left by a definition that was interrupted.
    await rm(settingsHome(spec), { recursive: true, force: true });
    await manage.change(createArguments(spec, uuid, version), options);
    found = await machines.get(spec.domain, options);
  }
  const settings = [...hardware(spec, version, nested), ...adapterOptions(attachment)];
  await manage.changeUnlocked(['modifyvm', uuid, ...settings], options);
  // The group says it too, but a person may move the machine to another.
  await manage.change(['setextradata', uuid, CLOUD_KEY, spec.cloudId], options);
  await attachMedia(manage, uuid, spec, found.info, options);
}

/**
 * Removes the machine with its snapshots and saved state, whatever it is doing; one that is missing is fine. Its disk stays
 * for `remove` of the disk, and so does the base.
 */
export async function removeMachine(
  manage: VBoxManage,
  machines: Machines,
  domain: string,
  options: CallOptions,
): Promise<void> {
  const found = await machines.find(domain, options);
  if (!found) {
    const lost = await machines.findLost(domain, options);
    // With `--delete` VirtualBox would look for the settings that it cannot read.
    if (lost) await manage.change(['unregistervm', lost.uuid], options);
    if (lost) await removeSettings(lost.settingsFile);
    return;
  }
  const { uuid, info } = found;
  if (['running', 'paused', 'unknown'].includes(domainState(info.get('VMState') ?? ''))) {
    await powerOff(manage, uuid, options);
  }
  if (basename(info.get(`${CONTROLLER}-0-0`) ?? '') === DISK) {
    // With its disk `--delete` would take the base along when no other machine rests on it, and the cache with it. What a
    // snapshot or a linked clone writes to is VirtualBox's own file, which only it can remove.
    await manage.changeUnlocked(['storageattach', uuid, ...place(0, 'none')], options);
  }
  try {
    await manage.changeUnlocked(['unregistervm', uuid, '--delete'], options);
  } catch (thrown) {
    // With snapshots 7.2.22 unregisters the machine, deletes what they wrote and then stumbles over the base, which has
    // another child: our disk, which is removed for itself.
    if (await machines.find(domain, options)) throw thrown;
  }
  await removeSettings(info.get('CfgFile'));
}

/** Switches a machine off at once; one that has just ended by itself is fine. */
export async function powerOff(manage: VBoxManage, uuid: string, options: CallOptions): Promise<void> {
  try {
    await manage.change(['controlvm', uuid, 'poweroff'], options);
  } catch (thrown) {
    if (!(thrown instanceof StackboxError) || thrown.code !== 'not-found') throw thrown;
  }
}

/** Arguments of `createvm`. */
export function createArguments(spec: MachineSpec, uuid: string, version: Version): string[] {
  return [
    'createvm',
    '--name',
    spec.domain,
    '--uuid',
    uuid,
    '--ostype',
    'Linux_64',
    '--groups',
    groupOfCloud(spec.cloudId),
    '--basefolder',
    settingsHome(spec),
    ...(version.platformOption ? ['--platform-architecture', 'x86'] : []),
    '--register',
  ];
}

/** Options in the spelling of 6.1, which 7.x still takes without a warning; where it does not, the version decides. */
export function hardware(spec: MachineSpec, version: Version, nested: boolean): string[] {
  const settings: Record<string, string> = {
    '--description': `${shownText(spec.title)}\nMade by Stackbox.`,
    '--cpus': String(spec.cpus),
    '--memory': String(spec.memoryMiB),
    // More than one processor needs it.
    '--ioapic': 'on',
    '--rtcuseutc': 'on',
    '--firmware': 'bios',
    '--boot1': 'disk',
    '--boot2': 'none',
    '--boot3': 'none',
    '--boot4': 'none',
    '--graphicscontroller': 'vmsvga',
    '--vram': '16',
    '--mouse': 'ps2',
    '--usb': 'off',
    '--paravirtprovider': 'kvm',
    '--nested-hw-virt': nested ? 'on' : 'off',
    ...(version.audioSwitch ? { '--audio-enabled': 'off' } : { '--audio': 'none' }),
  };
  return [...Object.entries(settings).flat(), ...consoleOptions(spec)];
}

/** Options of `modifyvm` for the serial console; `console.ts` says why it is a file. */
export function consoleOptions(spec: Pick<MachineSpec, 'folder'>): string[] {
  return ['--uart1', '0x3F8', '4', '--uartmode1', 'file', consolePath(spec)];
}

async function attachMedia(
  manage: VBoxManage,
  uuid: string,
  spec: MachineSpec,
  info: MachineInfo,
  options: CallOptions,
): Promise<void> {
  const sata = spec.image.buses === undefined || spec.image.buses.includes('sata');
  if (![...info].some(([key, value]) => key.startsWith('storagecontrollername') && value === CONTROLLER)) {
    const kind = sata
      ? ['--add', 'sata', '--controller', 'IntelAhci']
      : ['--add', 'virtio-scsi', '--controller', 'VirtIO'];
    await manage.change(
      ['storagectl', uuid, '--name', CONTROLLER, ...kind, '--portcount', '2', '--bootable', 'on'],
      options,
    );
  }
  const disk = diskPath(spec);
  if (info.get(`${CONTROLLER}-0-0`) !== disk) {
    // With `discard` what the guest trims is given back to this computer; it and the kernel's scheduler want "non-rotational".
    const kind = ['--type', 'hdd', '--nonrotational', 'on', '--discard', 'on'];
    await manage.change(['storageattach', uuid, ...place(0, disk), ...kind], options);
  }
  if (info.get(`${CONTROLLER}-1-0`) !== seedPath(spec)) await attachSeed(manage, uuid, spec, options);
}

/** Puts the machine's seed into its drive, in place of what is there. */
export async function attachSeed(
  manage: VBoxManage,
  uuid: string,
  spec: Pick<MachineSpec, 'folder'>,
  options: CallOptions,
): Promise<void> {
  await manage.change(['storageattach', uuid, ...place(1, seedPath(spec)), '--type', 'dvddrive'], options);
}

function place(port: number, medium: string): string[] {
  return ['--storagectl', CONTROLLER, '--port', String(port), '--device', '0', '--medium', medium];
}

/**
 * VirtualBox leaves the folders of groups behind, and more when it could not delete all. Removes our own folder of settings; a
 * machine that a person has moved elsewhere is left to VirtualBox alone.
 */
async function removeSettings(settingsFile: string | undefined): Promise<void> {
  const folder = settingsHomeOf(settingsFile);
  if (folder !== undefined) await rm(folder, { recursive: true, force: true });
}

/** The {@link settingsHome} that a machine's settings are in; `undefined` when a person has moved them elsewhere. */
export function settingsHomeOf(settingsFile: string | undefined): string | undefined {
  let folder = settingsFile ?? '';
  // Below it are at most the group's two folders and the machine's own.
  for (let level = 0; level < 4; level++) {
    folder = dirname(folder);
    if (basename(folder) === SETTINGS) return folder;
  }
  return undefined;
}
