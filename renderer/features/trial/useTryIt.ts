import type { Cloud } from '../../../main/contract/models';
import { useAction, useApi, type Action } from '../../app/backend';
import { navigate } from '../../app/route';

/** Begins a trial and shows how it goes. */
export function useTryIt({ id: cloudId }: Cloud): Action<[]> {
  const api = useApi();
  return useAction(async () => {
    await api.clouds.try({ cloudId });
    navigate({ page: 'cloud', cloudId, tab: 'progress' });
  });
}
