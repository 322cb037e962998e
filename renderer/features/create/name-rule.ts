import type { TFunction } from 'i18next';
import { NAME_MAX, NAME_RULE } from '../../../main/contract/limits';

/** What is wrong with a name, said while it is typed; `undefined` when nothing is. */
export function nameProblem(name: string, t: TFunction): string | undefined {
  if (name === '') return t('create.nameEmpty');
  if (name.length > NAME_MAX) return t('create.nameLong', { max: NAME_MAX, length: name.length });
  return NAME_RULE.test(name) ? undefined : t('create.nameRule');
}
