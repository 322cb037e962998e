import { NumberInput, SegmentedControl, Select } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import type { PlanProblem, RecipeSummary } from '../../../main/contract/models';
import type { Plan } from '../../../main/contract/plan';
import { useCore } from '../../app/backend';
import { formatBytes } from '../../ui/format';
import { PlanFile } from './PlanFile';
import { Preview } from './Preview';
import { Surroundings } from './Surroundings';
import { problemAt } from './usePlanCheck';

/** Swap that the field starts with when a person wants a size of their own, in MiB. */
const SWAP_START = 4096;
const SWAP_MAX = 65_536;

interface AdvancedProps {
  readonly plan: Plan;
  readonly recipe: RecipeSummary | undefined;
  readonly problems: readonly PlanProblem[];
  readonly onChange: (part: Partial<Plan>) => void;
}

/** Everything that has a good default and that some people want to set. */
export function Advanced({ plan, recipe, problems, onChange }: AdvancedProps) {
  const { t } = useTranslation();
  const swapKind = plan.swapMiB === 'auto' ? 'auto' : plan.swapMiB === 0 ? 'none' : 'fixed';
  return (
    <div className="sb-advanced__body">
      <ImageField plan={plan} recipe={recipe} problem={problemAt(problems, 'image')} onChange={onChange} />
      <div className="sb-advanced__field">
        <span className="sb-label" id="sb-swap">
          {t('create.swap')}
        </span>
        <div className="sb-advanced__pair">
          <SegmentedControl
            aria-labelledby="sb-swap"
            transitionDuration={120}
            value={swapKind}
            onChange={(kind) => onChange({ swapMiB: kind === 'auto' ? 'auto' : kind === 'none' ? 0 : SWAP_START })}
            data={[
              { value: 'auto', label: t('create.swapAuto') },
              { value: 'none', label: t('create.swapNone') },
              { value: 'fixed', label: t('create.swapFixed') },
            ]}
          />
          {swapKind === 'fixed' && (
            <NumberInput
              aria-label={t('create.swapSize')}
              value={plan.swapMiB}
              min={1}
              max={SWAP_MAX}
              step={1024}
              allowDecimal={false}
              suffix={` ${t('create.unit.mib')}`}
              error={problemAt(problems, 'swapMiB')?.message}
              onChange={(value) => {
                if (typeof value === 'number' && value > 0) onChange({ swapMiB: value });
              }}
            />
          )}
        </div>
      </div>
      <Surroundings
        value={plan.surroundings}
        problems={problems}
        onChange={(surroundings) => onChange({ surroundings })}
      />
      <Preview plan={plan} />
      <PlanFile plan={plan} options={recipe?.options ?? []} onLoad={onChange} />
    </div>
  );
}

interface ImageFieldProps {
  readonly plan: Plan;
  readonly recipe: RecipeSummary | undefined;
  readonly problem: PlanProblem | undefined;
  readonly onChange: (part: Partial<Plan>) => void;
}

/** The images that the recipe runs on, recommended first, and the person's own. */
function ImageField({ plan, recipe, problem, onChange }: ImageFieldProps) {
  const { t } = useTranslation();
  const images = useCore((state) => state.images);
  const wanted = recipe?.images ?? [];
  const choices = [
    ...wanted.flatMap((id) => images.filter((image) => image.id === id)),
    ...images.filter((image) => image.imported && !wanted.includes(image.id)),
  ];
  const known = choices.some((image) => image.id === plan.image);
  const data = choices.map((image) => {
    const size =
      image.state === 'cached'
        ? t('create.imageCached')
        : image.downloadBytes === undefined
          ? undefined
          : t('create.imageDownload', { size: formatBytes(image.downloadBytes) });
    return { value: image.id, label: size === undefined ? image.title : `${image.title} (${size})` };
  });
  return (
    <Select
      label={t('create.image')}
      description={t('create.imageHint')}
      data={known ? data : [...data, { value: plan.image, label: plan.image }]}
      value={plan.image}
      allowDeselect={false}
      error={problem?.message}
      onChange={(image) => {
        if (image !== null) onChange({ image });
      }}
    />
  );
}
