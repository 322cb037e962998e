/** A folder in the guest for the few files that a trial needs there: an image to upload, a key. */
import { z } from 'zod';
import { failed, type TrialContext } from './trial';

const pathSchema = z.string().regex(/^(?:\/[\w.-]+)+\/stackbox-try-\w{10}$/);

/** The trial's own folder, made when it is first asked for; nobody else in the machine can look into it. */
export async function folder({ cloud, found, keep }: TrialContext): Promise<string> {
  const known = found('folder');
  if (known !== undefined) return known;
  const { exitCode, output } = await cloud.run(['mktemp', '-d', '-t', 'stackbox-try-XXXXXXXXXX']);
  const path = pathSchema.safeParse(output);
  if (exitCode !== 0 || !path.success) throw failed('The machine has no place for a few files.', { output });
  await keep('folder', path.data);
  return path.data;
}

/** Removes the folders of this trial and of earlier ones. */
export async function removeFolders({ cloud }: TrialContext): Promise<void> {
  const script = 'rm -rf -- "${TMPDIR:-/tmp}"/stackbox-try-??????????';
  const { exitCode, output } = await cloud.run(['sh', '-c', script]);
  if (exitCode !== 0) throw failed('The files of a trial could not be removed.', { output });
}
