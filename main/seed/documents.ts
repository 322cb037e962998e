/** The three cloud-init documents of a machine: user-data, meta-data and network-config. */
import { stringify } from 'yaml';
import { checkSeedInput, automaticSwapMiB, type SeedInput } from './input';
import {
  certificateCommands,
  certificateFiles,
  isEnterpriseLinux,
  plainProxy,
  proxyFiles,
  type SeedFile,
} from './surroundings';

export interface SeedDocuments {
  readonly userData: string;
  readonly metaData: string;
  readonly networkConfig: string;
}

const MIB = 1024 * 1024;

/**
 * The documents for the seed disk. The same input gives the same text.
 * @throws StackboxError `bad-input` for a value that would change the meaning of a document
 */
export function buildSeed(input: SeedInput): SeedDocuments {
  checkSeedInput(input);
  return {
    userData: `#cloud-config\n${toYaml(userDataOf(input))}`,
    metaData: toYaml({ 'instance-id': input.machineId, 'local-hostname': input.hostname }),
    networkConfig: toYaml(networkConfigOf(input)),
  };
}

/** What is not known before a cloud exists may be left out of a preview. */
type PreviewInput = Omit<SeedInput, MadeLater> & Partial<Pick<SeedInput, MadeLater>>;
type MadeLater = 'machineId' | 'authorizedKey' | 'hostKey' | 'mac';

const MADE_LATER = '(made when the cloud is created)';
const HIDDEN = '(hidden)';
const SAMPLE_KEY = 'ssh-ed25519 AAAA';
const SAMPLE_MAC = '52:54:00:00:00:00';

/**
 * The documents as a person may see them before the cloud exists: keys are never in it, nor the proxy's password.
 * @throws StackboxError `bad-input` like {@link buildSeed}
 */
export function previewSeed(input: PreviewInput): SeedDocuments {
  const proxy = input.proxy === undefined ? undefined : withoutPassword(input.proxy);
  const seed = buildSeed({
    ...input,
    ...(proxy !== undefined && { proxy }),
    machineId: input.machineId ?? 'm-000000000000',
    authorizedKey: input.authorizedKey ?? SAMPLE_KEY,
    hostKey: { privateKey: HIDDEN, publicKey: input.hostKey?.publicKey ?? SAMPLE_KEY },
    mac: input.mac ?? SAMPLE_MAC,
  });
  const later = (text: string): string =>
    text
      .replaceAll(new RegExp(`${SAMPLE_KEY}$`, 'gm'), MADE_LATER)
      .replaceAll('m-000000000000', MADE_LATER)
      .replaceAll(SAMPLE_MAC, MADE_LATER);
  return {
    userData: later(seed.userData),
    metaData: later(seed.metaData),
    networkConfig: later(seed.networkConfig),
  };
}

function withoutPassword(proxy: string): string {
  if (!URL.canParse(proxy)) return proxy;
  const url = new URL(proxy);
  if (url.password !== '') url.password = 'hidden';
  return url.href;
}

/** cloud-init reads YAML 1.1, where a bare `52:54:00:12:34:56` is a number in base 60 and `no` is false. */
function toYaml(document: unknown): string {
  return stringify(document, { version: '1.1', lineWidth: 0, aliasDuplicateObjects: false });
}

function networkConfigOf({ mac, hostOnly }: SeedInput): unknown {
  // No `set-name`: a rename would race with udev, and nothing needs a certain name.
  const nic0 = { match: { macaddress: mac }, dhcp4: true };
  if (!hostOnly) return { version: 2, ethernets: { nic0 } };
  // `optional`: a boot must not wait for an adapter that this computer may have lost.
  const nic1 = { match: { macaddress: hostOnly.mac }, dhcp4: false, addresses: [hostOnly.address], optional: true };
  return { version: 2, ethernets: { nic0, nic1 } };
}

function userDataOf(input: SeedInput): Record<string, unknown> {
  const swapMiB = input.swapMiB === 'auto' ? automaticSwapMiB(input.memoryMiB, input.diskBytes) : input.swapMiB;
  const files = filesOf(input);
  return {
    hostname: input.hostname,
    preserve_hostname: false,
    // `localhost` adds one line; `true` would rewrite the file at every boot and undo what an installer wrote.
    manage_etc_hosts: 'localhost',
    locale: input.locale ?? 'C.UTF-8',
    users: [
      {
        name: input.user,
        gecos: 'Stackbox',
        shell: '/bin/bash',
        groups: ['adm', 'systemd-journal'],
        lock_passwd: true,
        sudo: 'ALL=(ALL) NOPASSWD:ALL',
        ssh_authorized_keys: [input.authorizedKey],
      },
    ],
    disable_root: true,
    ssh_pwauth: false,
    ssh_deletekeys: true,
    ssh_keys: { ed25519_private: input.hostKey.privateKey, ed25519_public: input.hostKey.publicKey },
    ...(input.emulated === true && { bootcmd: [`echo 0 >${RANDOMISE}`] }),
    growpart: { mode: 'auto', devices: ['/'] },
    ...(swapMiB > 0 && { swap: { filename: '/swap.img', size: swapMiB * MIB } }),
    package_update: false,
    package_upgrade: false,
    ...aptOf(input),
    ...(input.chrony === true && { ntp: { enabled: true, ntp_client: 'chrony' } }),
    // cloud-init's schema refuses an empty list.
    ...(files.length > 0 && { write_files: files }),
    runcmd: commandsOf(input),
  };
}

function isDebianFamily(os: SeedInput['os']): boolean {
  return os === 'debian' || os === 'ubuntu';
}

function aptOf({ os, proxy, packageMirror }: SeedInput): { apt?: unknown } {
  if (!isDebianFamily(os)) return {};
  const mirror = packageMirror === undefined ? undefined : [{ arches: ['default'], uri: packageMirror }];
  return {
    apt: {
      // The image's own sources are right; rewriting them would also undo those of a lab's own image.
      preserve_sources_list: mirror === undefined,
      ...(mirror && { primary: mirror }),
      // Ubuntu's mirrors carry the security pocket; without this line updates would still come from the archive.
      ...(mirror && os === 'ubuntu' && { security: mirror }),
      ...(mirror &&
        os === 'debian' && {
          // A Debian mirror seldom carries security; cloud-init would look for it on the mirror if this were absent.
          security: [{ arches: ['default'], uri: 'http://security.debian.org/debian-security' }],
        }),
      ...(proxy !== undefined && { proxy: plainProxy(proxy), https_proxy: plainProxy(proxy) }),
    },
  };
}

/** Nothing may update packages behind an installer's back, and apt waits for a lock instead of failing. */
const APT_SETTINGS: SeedFile = {
  path: '/etc/apt/apt.conf.d/99stackbox',
  content: ['APT::Periodic::Enable "0";', 'DPkg::Lock::Timeout "600";', ''].join('\n'),
  permissions: '0644',
};

/**
 * QEMU keeps the translation of a program only for the address it stands at. With random addresses it translates every
 * program anew each time it is started: 200 starts of /bin/true took an emulated guest (QEMU 7.2) 11 s, and 2.6 s
 * without. What is given up is a defence of programs in a machine that only this computer can reach.
 */
const RANDOMISE = '/proc/sys/kernel/randomize_va_space';

/** For later boots; the first one is over when files are written, therefore `bootcmd`. */
const SAME_ADDRESSES: SeedFile = {
  path: '/etc/sysctl.d/60-stackbox-emulated.conf',
  content: 'kernel.randomize_va_space = 0\n',
  permissions: '0644',
};

function filesOf(input: SeedInput): SeedFile[] {
  return [
    ...(input.emulated === true ? [SAME_ADDRESSES] : []),
    ...(isDebianFamily(input.os) ? [APT_SETTINGS] : []),
    ...proxyFiles(input),
    ...certificateFiles(input),
  ];
}

/** Commands of the last boot stage; SSH answers before they run. The first that fails ends them and is reported. */
function commandsOf(input: SeedInput): (string | readonly string[])[] {
  const { os } = input;
  return [
    'set -e',
    ['visudo', '-c', '-q'],
    ...(isDebianFamily(os)
      ? [['systemctl', 'disable', '--now', '--quiet', 'apt-daily.timer', 'apt-daily-upgrade.timer']]
      : []),
    // dnf-automatic is its own package, and not in every image.
    ...(isEnterpriseLinux(os)
      ? [
          'for unit in dnf-automatic.timer dnf-makecache.timer; do if systemctl cat "$unit" >/dev/null 2>&1; then systemctl disable --now "$unit"; fi; done',
        ]
      : []),
    ...certificateCommands(input),
  ];
}
