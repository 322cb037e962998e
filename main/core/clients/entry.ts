/** The entry of a cloud in the person's clouds.yaml: put there on request, taken out when it is still ours. */
import { StackboxError } from '../../contract/errors';
import type { LiveCloud } from '../clouds/cloud';
import type { CloudsFile, FileChange } from './clouds-file';
import { dropEntry, fingerprint, putEntry, readEntry } from './clouds-yaml';

/**
 * Adds the entry, or renews it. The record that it is ours comes first: a crash in between leaves a record of nothing, which
 * the next removal clears, and never an entry that nobody knows of.
 * @throws StackboxError `conflict` when an entry of that name is not ours, or was changed
 */
export async function addEntry(cloud: LiveCloud, file: CloudsFile, name: string, entry: unknown): Promise<FileChange> {
  const ours = cloud.fact('clientEntry');
  const wanted = fingerprint(entry);
  const path = await file.path();
  const prints = [...new Set([...(ours?.prints ?? []), wanted])];
  await cloud.keepFact('clientEntry', { path, name, prints });
  const change = await file
    .change(
      path,
      (text) => {
        const there = readEntry(text, name);
        const known = there === undefined || prints.includes(fingerprint(there));
        if (known) return putEntry(text, name, entry);
        throw new StackboxError('conflict', `${path} has another entry "${name}".`, {
          hint: 'Nothing was changed. It was not made by Stackbox, or was changed since: rename or remove it first.',
        });
      },
      { backup: true },
    )
    .catch(async (error: unknown) => {
      await cloud.keepFact('clientEntry', ours ?? null);
      throw error;
    });
  await cloud.keepFact('clientEntry', { path: change.path, name, prints: [wanted] });
  cloud.changed();
  return change;
}

/**
 * Takes the entry out, if it is as we made it. No copy of the file is kept, since that would keep the password too.
 * @throws StackboxError `not-found` when there is none of ours, `conflict` when it was changed since
 */
export async function removeEntry(cloud: LiveCloud, file: CloudsFile): Promise<FileChange> {
  const ours = cloud.fact('clientEntry');
  if (!ours) throw new StackboxError('not-found', `${cloud.wish.name} has no entry in your clouds.yaml.`);
  const change = await file.change(
    ours.path,
    (text) => {
      const there = readEntry(text, ours.name);
      if (there === undefined) return undefined;
      if (ours.prints.includes(fingerprint(there))) return emptied(dropEntry(text, ours.name));
      throw new StackboxError(
        'conflict',
        `The entry "${ours.name}" in ${ours.path} was changed since Stackbox made it.`,
        {
          hint: 'It was left as it is. Remove it by hand.',
        },
      );
    },
    { backup: false },
  );
  await cloud.keepFact('clientEntry', null);
  cloud.changed();
  return change;
}

/** A file that holds nothing any more is one that we made. */
function emptied(text: string): string {
  return /^clouds:\s*\{\}\s*$/.test(text) ? '' : text;
}
