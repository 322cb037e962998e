/** What a machine must be like before VirtualBox hears of it. */
import { isAbsolute } from 'node:path';
import { z } from 'zod';
import { StackboxError } from '../../contract/errors';
import type { MachineSpec } from '../driver';
import { MACHINE_ID } from './ownership';

/** VirtualBox names files after the machine; a file name has at most 255 bytes, and `.vbox-prev` and more come after it. */
const DOMAIN_BYTES = 200;

const MIB = 1024 ** 2;
/** What VirtualBox 7.2 says in `list systemproperties` ("Virtual disk limit"), less than any file system's own limit. */
const DISK_LIMIT = 2_199_022_206_976;

const plainWord = z.string().regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$/);

const specSchema = z.object({
  id: z.string().regex(MACHINE_ID),
  cloudId: plainWord,
  domain: z
    .string()
    .refine((name) => name.trim() !== '', 'is empty')
    .refine((name) => !/\p{Cc}/u.test(name), 'holds control characters')
    .refine((name) => Buffer.byteLength(name) <= DOMAIN_BYTES, `is longer than ${DOMAIN_BYTES} bytes`),
  title: z.string(),
  cpus: z.int().min(1).max(64),
  memoryMiB: z.int().min(64).max(2_097_152),
  diskBytes: z.int().min(MIB).max(DISK_LIMIT),
  folder: z.string().refine(isAbsolute, 'is not an absolute path'),
  image: z.object({
    id: plainWord,
    path: z.string().refine(isAbsolute, 'is not an absolute path'),
    format: z.enum(['qcow2', 'raw', 'vmdk', 'vdi']),
    virtualBytes: z.int().min(1),
  }),
});

/** @throws StackboxError `bad-input` with the field that is wrong, before anything is made */
export function checkSpec(spec: MachineSpec): void {
  const result = specSchema.safeParse(spec);
  const issue = result.error?.issues[0];
  if (issue) {
    const field = issue.path.join('.');
    throw new StackboxError('bad-input', `The machine’s "${field}" cannot be used: ${issue.message}.`, { field });
  }
  if (spec.diskBytes < spec.image.virtualBytes) {
    throw new StackboxError('bad-input', 'The disk is smaller than the image that goes onto it.', {
      field: 'diskBytes',
      hint: `Give the machine at least ${Math.ceil(spec.image.virtualBytes / 1024 ** 3)} GiB.`,
    });
  }
}

/** Text for VirtualBox to show: control characters cannot be handed to a program. */
export function shownText(text: string): string {
  return text.replace(/\p{Cc}/gu, ' ').trim();
}
