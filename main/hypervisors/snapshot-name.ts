/** The one rule for names of snapshots, as drivers apply it. */
import { StackboxError } from '../contract/errors';
import { snapshotNameSchema } from '../contract/snapshot-name';

/** @returns the name without spaces around it. @throws StackboxError `bad-input` */
export function checkSnapshotName(name: string): string {
  const parsed = snapshotNameSchema.safeParse(name);
  if (parsed.success) return parsed.data;
  throw new StackboxError('bad-input', 'A snapshot cannot have this name.', {
    field: 'name',
    hint: 'Begin with a letter; then letters, digits, spaces and . _ ( ) + , : - may follow, 60 characters in all.',
  });
}
