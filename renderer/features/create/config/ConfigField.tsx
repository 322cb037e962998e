import { Button, Collapse, Loader, UnstyledButton } from '@mantine/core';
import { ChevronRight, RotateCcw } from 'lucide-react';
import { lazy, Suspense, useId, useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import {
  applyEdits,
  editsIn,
  keepMine,
  type ConfigConflict,
  type ConfigEdit,
} from '../../../../main/contract/config-edits';
import type { Configuration } from '../../../../main/contract/configuration';
import type { PlanProblem } from '../../../../main/contract/models';
import type { Plan } from '../../../../main/contract/plan';
import type { RecipeOption } from '../../../../main/contract/recipe-options';
import { loadTwice } from '../../../app/load-twice';
import { ErrorPanel } from '../../../ui/ErrorPanel';
import { StateMark } from '../../../ui/StateMark';
import { ConflictList } from './ConflictList';
import { useConfiguration } from './useConfiguration';
import './config.css';

/** The editor is larger than the rest of the page, and most people never open it. */
const ConfigEditor = lazy(() =>
  loadTwice(async () => {
    const loaded = await import('./ConfigEditor');
    return { default: loaded.ConfigEditor };
  }),
);

interface ConfigFieldProps {
  readonly option: Extract<RecipeOption, { type: 'file' }>;
  readonly options: readonly RecipeOption[];
  readonly plan: Pick<Plan, 'recipe' | 'size'>;
  readonly problem: PlanProblem | undefined;
  readonly onChange: (edits: ConfigEdit[]) => void;
}

/** A configuration file that follows from the form: what state it is in, and its editor behind a fold. */
export function ConfigField(props: ConfigFieldProps) {
  const { option, plan, problem } = props;
  const { t } = useTranslation();
  const [open, setOpen] = useState(false);
  const id = useId();
  const count = editsIn(plan.recipe.options[option.id]).length;
  return (
    <section className="sb-config" aria-label={option.label}>
      <UnstyledButton
        type="button"
        className="sb-config__toggle"
        aria-expanded={open}
        aria-controls={id}
        onClick={() => setOpen(!open)}
      >
        <ChevronRight size={16} aria-hidden className={open ? 'sb-chevron sb-chevron--open' : 'sb-chevron'} />
        <span className="sb-config__title">{option.label}</span>
        <span className="sb-dim">{t('configuration.changes', { count })}</span>
      </UnstyledButton>
      {option.help !== undefined && <p className="sb-dim sb-config__help">{option.help}</p>}
      {problem !== undefined && !open && (
        <p className={problem.severity === 'problem' ? 'sb-config__problem' : 'sb-config__warning'}>
          <StateMark tone={problem.severity === 'problem' ? 'failed' : 'attention'} size={13} />
          <span>{problem.message}</span>
        </p>
      )}
      <Collapse expanded={open} id={id} transitionDuration={120} keepMounted={false}>
        <OpenFile {...props} />
      </Collapse>
    </section>
  );
}

function OpenFile({ option, options, plan, onChange }: ConfigFieldProps) {
  const { t } = useTranslation();
  const { configuration, check } = useConfiguration(plan, option.id, options);
  // While the form is wrong there is no new text: the last good one stays.
  const [shown, setShown] = useState<Configuration>();
  if (configuration.state === 'ready' && configuration.value !== shown) setShown(configuration.value);
  const [taken, setTaken] = useState<readonly ConfigEdit[] | undefined>();
  const key = JSON.stringify(plan.recipe.options[option.id] ?? []);
  const edits = useMemo(() => editsIn(JSON.parse(key)), [key]);

  const change = (next: ConfigEdit[]): void => {
    setTaken(undefined);
    onChange(next);
  };
  /** Something that can be taken back with one press. */
  const decide = (next: ConfigEdit[]): void => {
    setTaken(edits);
    onChange(next);
  };

  if (shown === undefined) {
    return configuration.state === 'failed' ? (
      <ErrorPanel error={configuration.error} />
    ) : (
      <div className="sb-config__loading" role="status" aria-label={t('configuration.loading')}>
        <Loader size="sm" />
      </div>
    );
  }
  const { generated } = shown;
  const { conflicts } = applyEdits(generated, edits);
  const useForm = ({ edit }: ConfigConflict): void => decide(edits.filter((one) => one !== edit));
  return (
    <div className="sb-config__body">
      {configuration.state === 'failed' && (
        <p className="sb-config__problem" role="status">
          <StateMark tone="failed" size={13} />
          <span>
            {configuration.error.message} {t('configuration.stale')}
          </span>
        </p>
      )}
      <ConflictList
        conflicts={conflicts}
        onMine={({ edit }) => decide(keepMine(generated, edits, edit))}
        onGenerated={useForm}
      />
      <Suspense
        fallback={
          <div className="sb-config__loading" role="status" aria-label={t('configuration.loading')}>
            <Loader size="sm" />
          </div>
        }
      >
        <ConfigEditor fileName={option.fileName} configuration={shown} edits={edits} onChange={change} check={check} />
      </Suspense>
      <div className="sb-config__reset" role="status">
        <Button
          variant="default"
          size="xs"
          leftSection={<RotateCcw size={14} aria-hidden />}
          disabled={edits.length === 0}
          onClick={() => decide([])}
        >
          {t('configuration.reset')}
        </Button>
        {taken !== undefined && (
          <>
            <span className="sb-dim">
              {t(edits.length === 0 ? 'configuration.wasReset' : 'configuration.wasDecided')}
            </span>
            <Button variant="subtle" size="compact-xs" onClick={() => change([...taken])}>
              {t('configuration.undo')}
            </Button>
          </>
        )}
      </div>
    </div>
  );
}
