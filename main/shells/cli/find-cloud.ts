/** A cloud as a person names it. */
import type { Cloud } from '../../contract/models';
import { StackboxError } from '../../contract/errors';
import type { ApiClient } from '../api';

/**
 * Finds a cloud by its name in any case, or by its identifier.
 * @throws StackboxError `not-found`, with the names that there are
 */
export async function findCloud(api: ApiClient, wanted: string): Promise<Cloud> {
  const clouds = await api.clouds.list();
  const found =
    clouds.find(({ id, name }) => id === wanted || name === wanted) ??
    clouds.find(({ name }) => name.toLowerCase() === wanted.toLowerCase());
  if (found) return found;
  const names = clouds.map(({ name }) => name).join(', ');
  const hint = names === '' ? 'There is none yet: make one with `stackbox create`.' : `There are: ${names}.`;
  throw new StackboxError('not-found', `There is no cloud “${wanted}”.`, { hint });
}
