/**
 * A stand-in for VBoxManage that keeps host-only adapters, DHCP servers and extradata in memory and prints them in VirtualBox's
 * form: adapters need its kernel module, which build machines lack.
 */
import { StackboxError } from '../../../main/contract/errors';
import type { VBoxManage } from '../../../main/hypervisors/virtualbox/vboxmanage';
import { parseVersion } from '../../../main/hypervisors/virtualbox/version';

export interface Adapter {
  readonly name: string;
  readonly guid: string;
  address: string;
}

export class HostOnlyDouble {
  readonly adapters: Adapter[] = [];
  readonly extradata = new Map<string, string>();
  /** Every command that changes something, as one text. */
  readonly changes: string[] = [];
  /** Answer of `list --long vms`. */
  machines = '';
  /** Networks whose DHCP server is on. */
  readonly dhcp = new Set<string>();
  /** A command that begins with this text fails. */
  failing: { readonly command: string; readonly error: StackboxError } | undefined;
  private readonly platform: NodeJS.Platform;

  constructor(platform: NodeJS.Platform = 'linux') {
    this.platform = platform;
  }

  manage(): VBoxManage {
    const change = async (args: readonly string[]): Promise<string> => {
      this.changes.push(args.join(' '));
      return this.answer(args);
    };
    return {
      program: async () => 'VBoxManage',
      read: async (args) => this.answer(args),
      change,
      changeUnlocked: change,
      onChange: () => undefined,
      version: async () => parseVersion('7.2.22r175245', this.platform),
    };
  }

  private answer(args: readonly string[]): string {
    const command = args.join(' ');
    if (this.failing && command.startsWith(this.failing.command)) throw this.failing.error;
    const [first = '', second = '', name = '', , value] = args;
    const option = (key: string): string => args[args.indexOf(key) + 1] ?? '';
    switch (`${first} ${second}`) {
      case 'list hostonlyifs':
        return this.list('IPAddress');
      case 'list hostonlynets':
        return this.list('LowerIP');
      case 'list dhcpservers':
        return [...this.dhcp].map((network) => `NetworkName:    ${network}\nEnabled:        Yes\n`).join('');
      case 'list --long':
        return this.machines;
      case 'getextradata global':
        return [...this.extradata].map(([key, text]) => `Key: ${key}, Value: ${text}\n`).join('');
      case 'setextradata global':
        if (args.length > 3) this.extradata.set(name, args[3] ?? '');
        else this.extradata.delete(name);
        return '';
      case 'hostonlyif create': {
        const made = `vboxnet${this.adapters.length}`;
        this.adapters.push({ name: made, guid: `guid-of-${made}`, address: '' });
        return `0%...100%\nInterface '${made}' was successfully created\n`;
      }
      case 'hostonlyif ipconfig':
        this.find(name).address = value ?? '';
        return '';
      case 'hostonlyif remove':
        this.adapters.splice(this.adapters.indexOf(this.find(name)), 1);
        return '0%...100%\n';
      case 'hostonlynet add':
        this.adapters.push({ name: option('--name'), guid: option('--id'), address: option('--lower-ip') });
        return '';
      case 'hostonlynet remove':
        this.adapters.splice(this.adapters.indexOf(this.find(option('--name'))), 1);
        return '';
      case 'dhcpserver modify':
        if (args.includes('--disable')) this.dhcp.delete(option('--netname'));
        else this.dhcp.add(option('--netname'));
        return '';
      case `modifyvm ${second}`:
        return '';
      default:
        throw new Error(`The double does not know "${command}".`);
    }
  }

  private find(name: string): Adapter {
    const found = this.adapters.find((adapter) => adapter.name === name);
    if (found) return found;
    throw new StackboxError('not-found', `The host network interface named '${name}' could not be found`);
  }

  private list(label: string): string {
    return this.adapters
      .map(({ name, guid, address }) =>
        [`Name:            ${name}`, `GUID:            ${guid}`, `${label}:       ${address}`]
          .concat(`NetworkMask:     ${address === '' ? '' : '255.255.255.0'}`, '', '')
          .join('\n'),
      )
      .join('');
  }
}
