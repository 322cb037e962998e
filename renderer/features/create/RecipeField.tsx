import { Badge } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { EMULATION_FACTOR } from '../../../main/contract/limits';
import type { RecipeSummary } from '../../../main/contract/models';
import { ChoiceCard } from '../../ui/ChoiceCard';
import { formatLeft } from '../../ui/format';

interface RecipeFieldProps {
  readonly recipes: readonly RecipeSummary[];
  readonly value: string;
  /** Whether the chosen hypervisor has no hardware acceleration. */
  readonly emulated: boolean;
  readonly onChange: (recipeId: string) => void;
}

/** What to install, one card a recipe. */
export function RecipeField({ recipes, value, emulated, onChange }: RecipeFieldProps) {
  const { t } = useTranslation();
  return (
    <fieldset className="sb-field">
      <legend>{t('create.recipe')}</legend>
      <div className="sb-choices">
        {recipes.map((recipe) => (
          <ChoiceCard
            key={recipe.id}
            group="recipe"
            value={recipe.id}
            checked={recipe.id === value}
            onChoose={onChange}
            title={recipe.title}
            badge={
              recipe.recommended && (
                <Badge size="sm" variant="outline" tt="none">
                  {t('create.recommended')}
                </Badge>
              )
            }
          >
            <span>{recipe.summary}</span>
            <span className="sb-choice__meta">
              {recipe.services.map((service) => (
                <span key={service} className="sb-chip">
                  {service}
                </span>
              ))}
              <span className="sb-num" title={t(emulated ? 'create.minutesEmulated' : 'create.minutesHint')}>
                {t('create.minutes', { time: formatLeft(recipe.minutes * 60_000 * (emulated ? EMULATION_FACTOR : 1)) })}
              </span>
            </span>
          </ChoiceCard>
        ))}
      </div>
    </fieldset>
  );
}
