import { Button, Collapse, UnstyledButton } from '@mantine/core';
import { ChevronRight } from 'lucide-react';
import { useId, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { ErrorRecord } from '../../../main/contract/errors';
import type { Draft } from '../../../main/contract/models';
import { hostNameOf, type Plan } from '../../../main/contract/plan';
import { useAction, useApi, useBackend } from '../../app/backend';
import { toRecord } from '../../app/errors';
import { navigate } from '../../app/route';
import { ErrorPanel } from '../../ui/ErrorPanel';
import { Page } from '../../ui/Page';
import { project } from '../../app/projection';
import { Advanced } from './Advanced';
import { CreateBar } from './CreateBar';
import { HypervisorField } from './HypervisorField';
import { NameField } from './NameField';
import { OptionsField } from './OptionsField';
import { RecipeField } from './RecipeField';
import { SizeField } from './SizeField';
import { nameProblem } from './name-rule';
import { problemAt, usePlanCheck } from './usePlanCheck';

/** The whole plan of a new cloud. Every field starts with a good value, so the button works at once. */
export function CreateForm({ draft }: { draft: Draft }) {
  const { t } = useTranslation();
  const api = useApi();
  const { store } = useBackend();
  const [plan, setPlan] = useState<Plan>(draft.plan);
  const [advanced, setAdvanced] = useState(false);
  const [creating, setCreating] = useState(false);
  const [failure, setFailure] = useState<ErrorRecord | undefined>();
  const { problems, checking } = usePlanCheck(plan);
  const id = useId();

  const recipe = draft.recipes.find((candidate) => candidate.id === plan.recipe.id);
  const change = (part: Partial<Plan>): void => setPlan((before) => ({ ...before, ...part }));

  const chooseRecipe = useAction(async (recipeId: string) => {
    change({ recipe: { id: recipeId, options: {} } });
    const { plan: fresh } = await api.plans.draft({ recipe: recipeId });
    // What a person may have typed already stays; what depends on the recipe is new.
    setPlan((before) =>
      before.recipe.id === recipeId
        ? { ...before, recipe: fresh.recipe, image: fresh.image, size: fresh.size }
        : before,
    );
  });

  async function create(): Promise<void> {
    setCreating(true);
    setFailure(undefined);
    try {
      const cloud = await api.clouds.create({ plan });
      // The event with the new cloud may come after this answer; the page it leads to needs it now.
      store.setState(project(store.getState(), { type: 'cloud', cloud }));
      navigate({ page: 'cloud', cloudId: cloud.id, tab: 'progress' });
    } catch (thrown) {
      setFailure(toRecord(thrown));
      setCreating(false);
    }
  }

  const nameTaken = problemAt(problems, 'name')?.message;
  const blocking = problems.filter((problem) => problem.severity === 'problem');
  const chosen = draft.host.connections.find(({ id: connection }) => connection === plan.connection);
  const blocked = blocking.length > 0 || nameProblem(plan.name, t) !== undefined;

  return (
    <form
      className="sb-create"
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        if (!blocked && !creating) void create();
      }}
    >
      <Page title={t('create.title')} lead={t('create.lead')}>
        <NameField value={plan.name} problem={nameTaken} onChange={(name) => change({ name })} />
        <RecipeField
          recipes={draft.recipes}
          value={plan.recipe.id}
          emulated={chosen?.acceleration?.kind === 'emulated'}
          onChange={(value) => void chooseRecipe.run(value)}
        />
        <OptionsField
          options={recipe?.options ?? []}
          plan={plan}
          problems={problems}
          onChange={(options) => change({ recipe: { ...plan.recipe, options } })}
        />
        <SizeField
          recipe={recipe}
          host={draft.host}
          value={plan.size}
          problems={problems}
          onChange={(size) => change({ size })}
        />
        <HypervisorField
          connections={draft.host.connections}
          value={plan.connection}
          machine={plan.name === '' ? '…' : hostNameOf(plan.name)}
          onChange={(connection) => change({ connection })}
        />
        <section className="sb-card sb-advanced">
          <UnstyledButton
            type="button"
            className="sb-advanced__toggle"
            aria-expanded={advanced}
            aria-controls={id}
            onClick={() => setAdvanced(!advanced)}
          >
            <ChevronRight size={16} aria-hidden className={advanced ? 'sb-chevron sb-chevron--open' : 'sb-chevron'} />
            <span>{t('create.advanced')}</span>
            <span className="sb-dim">{t('create.advancedHint')}</span>
          </UnstyledButton>
          <Collapse expanded={advanced} id={id} transitionDuration={120} keepMounted={false}>
            <Advanced plan={plan} recipe={recipe} problems={problems} onChange={change} />
          </Collapse>
        </section>
        {failure !== undefined && <ErrorPanel error={failure} />}
      </Page>
      <CreateBar plan={plan} recipe={recipe} problems={problems} checking={checking}>
        <Button type="submit" size="md" autoFocus disabled={blocked} loading={creating}>
          {t('common.createCloud')}
        </Button>
      </CreateBar>
    </form>
  );
}
