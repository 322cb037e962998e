/** How snapshots may be called, whatever the hypervisor. */
import { z } from 'zod';

/** The most characters of a snapshot's name. */
export const SNAPSHOT_NAME_LENGTH = 60;

/**
 * Begins with a letter, because `qemu-img` takes digits for the number of a snapshot; has no "/", because libvirt makes a
 * file name of it.
 */
export const snapshotNameSchema = z
  .string()
  .trim()
  .max(SNAPSHOT_NAME_LENGTH)
  .regex(
    /^\p{L}[\p{L}\p{M}\p{N} ._()+,:-]*$/u,
    'A name begins with a letter; then letters, digits, spaces and . _ ( ) + , : -',
  );
