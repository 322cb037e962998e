/** What both kinds of storage share: the names of our files, and looking into an image before it is used. */
import { z } from 'zod';
import { StackboxError } from '../../contract/errors';
import { run } from '../../host/process';
import type { CallOptions, ImageFile, MachineSpec } from '../driver';

/** Where the disks of machines are. `remove` and `collect` touch only files with our names in our own place. */
export interface Storage {
  diskPath(machineId: string): string;
  seedPath(machineId: string): string;
  makeDisk(spec: MachineSpec, onProgress: (fraction: number) => void, options?: CallOptions): Promise<void>;
  makeSeed(spec: MachineSpec, iso: Uint8Array, options?: CallOptions): Promise<void>;
  /** Removes a disk or a seed; a path that is not one of ours is left alone, a missing one is fine. */
  remove(path: string, options?: CallOptions): Promise<void>;
  /** Removes images that no disk rests on. */
  collect(options?: CallOptions): Promise<void>;
}

export const diskName = (machineId: string): string => `${machineId}.qcow2`;
export const seedName = (machineId: string): string => `${machineId}-seed.iso`;
export const baseName = (imageId: string): string => `base-${imageId}.qcow2`;

export const isMachineFile = (name: string): boolean => /^m-[0-9a-f]{12}(\.qcow2|-seed\.iso)$/.test(name);
export const isDisk = (name: string): boolean => /^m-[0-9a-f]{12}\.qcow2$/.test(name);
export const isBase = (name: string): boolean => /^base-[a-z0-9][a-z0-9.-]*\.qcow2$/.test(name);

const imageInfo = z.object({
  format: z.string(),
  'virtual-size': z.number(),
  'backing-filename': z.string().optional(),
  'format-specific': z.object({ data: z.object({ 'data-file': z.string().optional() }).optional() }).optional(),
});
export type ImageInfo = z.infer<typeof imageInfo>;

/** What qemu-img says of a disk; `-U` because a running machine holds its lock. */
export async function inspect(path: string, format: string, options: CallOptions = {}): Promise<ImageInfo> {
  const { stdout } = await run('qemu-img', ['info', '-U', '--output=json', '-f', format, path], options);
  const parsed = imageInfo.safeParse(JSON.parse(stdout));
  if (parsed.success) return parsed.data;
  throw new StackboxError('hypervisor', `qemu-img does not describe ${path} as expected.`, {
    output: z.prettifyError(parsed.error),
  });
}

/**
 * Checks an image before a machine rests on it. An image that refers to other files is refused: it could name any
 * file of the host (`/etc/shadow`) as its contents.
 * @throws StackboxError `not-found` or `bad-input`
 */
export async function checkImage(spec: MachineSpec, options: CallOptions = {}): Promise<void> {
  const { path, format } = spec.image;
  let info: ImageInfo;
  try {
    info = await inspect(path, format, options);
  } catch (error) {
    if (!(error instanceof StackboxError) || error.code !== 'command-failed') throw error;
    const missing = /no such file/i.test(error.facts.output ?? '');
    throw new StackboxError(
      missing ? 'not-found' : 'bad-input',
      missing ? `The image ${path} is not there.` : `${path} is no ${format} disk image.`,
      { ...error.facts, hint: 'Download the image again, or choose another one.' },
      { cause: error },
    );
  }
  if (info['backing-filename'] !== undefined || info['format-specific']?.data?.['data-file'] !== undefined) {
    throw new StackboxError('bad-input', `${path} rests on other files and cannot be used as an image.`, {
      hint: 'Make one file of it: "qemu-img convert -O qcow2 OLD NEW".',
    });
  }
  if (info['virtual-size'] > spec.diskBytes) {
    throw new StackboxError('bad-input', 'The disk would be smaller than the image on it.', { field: 'diskBytes' });
  }
}

/** Converts any other format to qcow2. @param target must not exist or may be overwritten */
export async function convert(
  image: ImageFile,
  target: string,
  onProgress: (fraction: number) => void,
  options: CallOptions = {},
): Promise<void> {
  await run('qemu-img', ['convert', '-p', '-f', image.format, '-O', 'qcow2', image.path, target], {
    ...options,
    onOutput: (text) => {
      const percent = [...text.matchAll(/\((\d+(?:\.\d+)?)\/100%\)/g)].at(-1)?.[1];
      if (percent !== undefined) onProgress(Number(percent) / 100);
    },
  });
}
