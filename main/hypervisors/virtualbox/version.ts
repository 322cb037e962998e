/** VirtualBox's version and what depends on it. */
import { coerce, gte, type SemVer } from 'semver';
import { StackboxError } from '../../contract/errors';

/** Older ones lack virtio-scsi and are no longer maintained by anyone. */
const OLDEST = '6.1.0';

/** What differs between the versions that Stackbox drives (6.1, 7.0, 7.1, 7.2). */
export interface Version {
  /** As a person reads it: `7.2.22`. */
  readonly text: string;
  readonly supported: boolean;
  /** 7.0 parted `--audio` into driver and switch, and warns about the old option. */
  readonly audioSwitch: boolean;
  /** 7.1 runs on ARM as well and wants to be told what the machine is. */
  readonly platformOption: boolean;
  /** 7.0 replaced host-only adapters by host-only networks, on macOS only. */
  readonly hostOnlyNets: boolean;
}

/**
 * Reads what `VBoxManage --version` prints: `7.2.22_Debianr175245`, `6.1.50r161033`, `7.1.0_BETA2r163425`.
 * @throws StackboxError `hypervisor` if it is no version
 */
export function parseVersion(output: string, platform: NodeJS.Platform = process.platform): Version {
  const line = output.trim().split('\n').at(-1)?.trim() ?? '';
  const version = /^\d+\.\d+\.\d+/.test(line) ? coerce(line) : null;
  if (version === null) {
    throw new StackboxError('hypervisor', 'VBoxManage did not say which version it is.', {
      hint: 'Run "VBoxManage --version" in a terminal; if that fails too, install VirtualBox again.',
      output: line.slice(0, 200),
    });
  }
  return gates(version, platform);
}

function gates(version: SemVer, platform: NodeJS.Platform): Version {
  return {
    text: version.version,
    supported: gte(version, OLDEST),
    audioSwitch: gte(version, '7.0.0'),
    platformOption: gte(version, '7.1.0'),
    hostOnlyNets: platform === 'darwin' && gte(version, '7.0.0'),
  };
}
