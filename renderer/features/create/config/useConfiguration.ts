import { useCallback, useEffect, useMemo } from 'react';
import type { ConfigFinding, Configuration } from '../../../../main/contract/configuration';
import { splitSecrets } from '../../../../main/contract/option-values';
import type { Plan } from '../../../../main/contract/plan';
import type { RecipeOption } from '../../../../main/contract/recipe-options';
import { useApi, useQuestion, type Answer } from '../../../app/backend';

/** Long enough not to ask at every key, short enough to feel at once. */
const PAUSE_MS = 200;

/** What the core finds in a text; `undefined` while it cannot say, because the rest of the form is wrong or it is not there. */
export type Check = (text: string) => Promise<readonly ConfigFinding[] | undefined>;

interface Asked {
  readonly configuration: Answer<Configuration>;
  readonly check: Check;
}

/** The file as the form leads to it now, asked for again after each change of the form. */
export function useConfiguration(
  { recipe, size }: Pick<Plan, 'recipe' | 'size'>,
  option: string,
  options: readonly RecipeOption[],
): Asked {
  const api = useApi();
  const [configuration, ask] = useQuestion<Configuration>();
  // The person's own edits change with every key, and the generated text does not depend on them; nor on secrets.
  const { [option]: _edits, ...others } = splitSecrets(recipe.options, options).open;
  const key = JSON.stringify({ recipe: { id: recipe.id, options: others }, size, option });
  const input = useMemo(() => JSON.parse(key) as Pick<Plan, 'recipe' | 'size'> & { option: string }, [key]);

  useEffect(() => {
    let withdraw = (): void => undefined;
    const timer = setTimeout(() => {
      withdraw = ask((signal) => api.plans.configuration(input, { signal }));
    }, PAUSE_MS);
    return () => {
      clearTimeout(timer);
      withdraw();
    };
  }, [api, ask, input]);

  const check = useCallback<Check>(
    async (text) => {
      try {
        return (await api.plans.configuration({ ...input, text })).findings;
      } catch {
        // The same question without a text is on its way, and its failure is shown beside the editor.
        return undefined;
      }
    },
    [api, input],
  );
  return { configuration, check };
}
