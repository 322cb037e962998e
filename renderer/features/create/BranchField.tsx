import { Button, Loader, Select } from '@mantine/core';
import { useEffect, useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import type { Branches } from '../../../main/contract/configuration';
import { splitSecrets } from '../../../main/contract/option-values';
import type { Plan } from '../../../main/contract/plan';
import type { RecipeOption } from '../../../main/contract/recipe-options';
import { useApi, useQuestion } from '../../app/backend';

/** A git server's address is typed letter by letter; it is asked when the person has stopped. */
const PAUSE_MS = 500;

interface BranchFieldProps {
  readonly option: Extract<RecipeOption, { type: 'branch' }>;
  readonly options: readonly RecipeOption[];
  readonly plan: Pick<Plan, 'recipe' | 'image'>;
  readonly value: string;
  readonly error: string | undefined;
  readonly onChange: (branch: string) => void;
}

/** The branches that there are now, and where the list comes from: the git server, or Stackbox itself. */
export function BranchField({ option, options, plan, value, error, onChange }: BranchFieldProps) {
  const { t } = useTranslation();
  const api = useApi();
  const [answer, ask] = useQuestion<Branches>();
  const { recipe, image } = plan;
  // Neither the branch that is chosen nor a file's edits lead to other branches; nor do secrets.
  const open = Object.entries(splitSecrets(recipe.options, options).open).filter(
    ([id]) => id !== option.id && !options.some((other) => other.id === id && other.type === 'file'),
  );
  const key = JSON.stringify({
    recipe: { id: recipe.id, options: Object.fromEntries(open) },
    image,
    option: option.id,
  });
  const input = useMemo(() => JSON.parse(key) as Pick<Plan, 'recipe' | 'image'> & { option: string }, [key]);

  useEffect(() => {
    let withdraw = (): void => undefined;
    const timer = setTimeout(() => {
      withdraw = ask((signal) => api.plans.branches(input, { signal }));
    }, PAUSE_MS);
    return () => {
      clearTimeout(timer);
      withdraw();
    };
  }, [api, ask, input]);

  const shipped = option.choices.map((choice) => ({ value: choice.value, label: choice.label }));
  const data =
    answer.state === 'ready'
      ? answer.value.branches.map((branch) => ({
          value: branch.value,
          label:
            branch.fits === 'yes' ? branch.label : t(`configuration.branches.${branch.fits}`, { label: branch.label }),
        }))
      : shipped;
  const known = data.some((choice) => choice.value === value);
  return (
    <div>
      <Select
        label={option.label}
        description={option.help}
        error={error}
        data={known ? data : [...data, { value, label: value }]}
        value={value}
        allowDeselect={false}
        searchable={data.length > 8}
        onChange={(next) => {
          if (next !== null) onChange(next);
        }}
      />
      <p className="sb-dim sb-branch" role="status">
        {answer.state === 'loading' ? (
          <>
            <Loader size={10} /> {t('configuration.branches.asking')}
          </>
        ) : (
          <>
            <span>{sourceOf(answer, t)}</span>
            <Button
              variant="subtle"
              size="compact-xs"
              onClick={() => ask((signal) => api.plans.branches({ ...input, again: true }, { signal }))}
            >
              {t('configuration.branches.again')}
            </Button>
          </>
        )}
      </p>
    </div>
  );
}

function sourceOf(
  answer: Exclude<ReturnType<typeof useQuestion<Branches>>[0], { state: 'loading' }>,
  t: ReturnType<typeof useTranslation>['t'],
): string {
  if (answer.state === 'failed') return t('configuration.branches.failed', { reason: answer.error.message });
  const { from, address, reason } = answer.value;
  if (from === 'live') return t('configuration.branches.live', { address });
  return t('configuration.branches.shipped', { address, reason });
}
