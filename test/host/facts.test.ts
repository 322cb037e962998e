import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { freeDiskBytes, parseAvailableMiB, parseGroups, parseOsRelease, readHostFacts } from '../../main/host/facts';
import { parseQemuMemory, promisedMemoryMiB } from '../../main/host/machine-memory';
import { tempFolder } from '../support/temp';

const MIB = 1024 * 1024;

describe('facts of the host', () => {
  it('reads the distribution, quoted or not', () => {
    expect(parseOsRelease('PRETTY_NAME="Debian GNU/Linux 12 (bookworm)"\nID=debian\n')).toEqual({
      id: 'debian',
      like: [],
      title: 'Debian GNU/Linux 12 (bookworm)',
    });
    expect(
      parseOsRelease('NAME=\'Rocky \\$Linux\'\nID="rocky"\nID_LIKE="rhel centos fedora"\n# x\n\nnonsense'),
    ).toEqual({
      id: 'rocky',
      like: ['rhel', 'centos', 'fedora'],
      title: 'Rocky $Linux',
    });
    expect(parseOsRelease('')).toEqual({ id: 'linux', like: [], title: 'linux' });
  });

  it('reads available memory, and says when the kernel does not tell', () => {
    expect(parseAvailableMiB('MemTotal:  2048000 kB\nMemAvailable:   1048576 kB\n')).toBe(1024);
    expect(parseAvailableMiB('MemTotal:  2048000 kB\n')).toBeUndefined();
  });

  it('names groups and leaves out those without a name', () => {
    expect(parseGroups('root:x:0:\nlibvirt:x:104:ada\nkvm:x:105:\nbroken\n', [104, 105, 4711])).toEqual([
      'libvirt',
      'kvm',
    ]);
    expect(parseGroups('odd:x::\n', [0])).toEqual([]);
  });

  it('asks this computer', async () => {
    const facts = await readHostFacts();
    expect(facts.availableMiB).toBeLessThanOrEqual(facts.memoryMiB);
    expect(facts.availableMiB).toBeGreaterThan(0);
    expect(await freeDiskBytes(join(await tempFolder(), 'a', 'b', 'c'))).toBeGreaterThan(0);
  });
});

describe('memory that running machines may still take', () => {
  it.each([
    [['-m', '3072'], 3072 * MIB],
    [['-m', 'size=3145728k,slots=16,maxmem=1g'], 3072 * MIB],
    [['-m', '4G'], 4096 * MIB],
    [['-machine', 'q35'], 0],
    [['-m'], 0],
    [['-m', 'lots'], 0],
  ])('reads %j', (args, bytes) => {
    expect(parseQemuMemory(['qemu-system-x86_64', ...args])).toBe(bytes);
  });

  it('counts only machines, only what they have not touched, and passes over processes that end', async () => {
    const proc = await tempFolder();
    const add = async (pid: string, args: readonly string[], residentMiB: number): Promise<void> => {
      await mkdir(join(proc, pid));
      await writeFile(join(proc, pid, 'cmdline'), `${args.join('\0')}\0`);
      await writeFile(join(proc, pid, 'status'), `Name:\tx\nVmHWM:\t 9 kB\nVmRSS:\t ${residentMiB * 1024} kB\n`);
    };
    await add('100', ['/usr/bin/qemu-system-x86_64', '-m', '2048'], 512);
    await add('101', ['/usr/libexec/qemu-kvm', '-m', 'size=1048576k'], 2048);
    await add('102', ['vim', '-m', '9000', 'qemu-system-x86_64'], 1);
    await mkdir(join(proc, '103'));
    await mkdir(join(proc, 'self'));
    expect(await promisedMemoryMiB(proc)).toBe(1536);
    expect(await promisedMemoryMiB(join(proc, 'absent'))).toBe(0);
  });
});
