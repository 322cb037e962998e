import { Badge, Collapse, UnstyledButton } from '@mantine/core';
import { ChevronRight } from 'lucide-react';
import { useId, useState } from 'react';
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

/** What to install, one card a recipe; those for few people are behind a fold, which a chosen one of them keeps open. */
export function RecipeField({ recipes, value, emulated, onChange }: RecipeFieldProps) {
  const { t } = useTranslation();
  const id = useId();
  const [unfolded, setUnfolded] = useState(false);
  const more = recipes.filter((recipe) => recipe.more);
  const chosen = more.some((recipe) => recipe.id === value);
  const open = unfolded || chosen;
  const card = (recipe: RecipeSummary) => (
    <RecipeCard key={recipe.id} recipe={recipe} checked={recipe.id === value} emulated={emulated} onChoose={onChange} />
  );
  return (
    <fieldset className="sb-field">
      <legend>{t('create.recipe')}</legend>
      <div className="sb-choices">{recipes.filter((recipe) => !recipe.more).map(card)}</div>
      {more.length > 0 && (
        <>
          <UnstyledButton
            type="button"
            className="sb-more"
            aria-expanded={open}
            aria-controls={id}
            disabled={chosen}
            onClick={() => setUnfolded(!open)}
          >
            <ChevronRight size={16} aria-hidden className={open ? 'sb-chevron sb-chevron--open' : 'sb-chevron'} />
            {t('create.moreRecipes', { count: more.length })}
          </UnstyledButton>
          <Collapse expanded={open} id={id} transitionDuration={120} keepMounted={false}>
            <div className="sb-choices">{more.map(card)}</div>
          </Collapse>
        </>
      )}
    </fieldset>
  );
}

interface RecipeCardProps {
  readonly recipe: RecipeSummary;
  readonly checked: boolean;
  readonly emulated: boolean;
  readonly onChoose: (recipeId: string) => void;
}

function RecipeCard({ recipe, checked, emulated, onChoose }: RecipeCardProps) {
  const { t } = useTranslation();
  const minutes = recipe.minutes * (emulated ? EMULATION_FACTOR : 1);
  return (
    <ChoiceCard
      group="recipe"
      value={recipe.id}
      checked={checked}
      onChoose={onChoose}
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
          {t('create.minutes', { time: formatLeft(minutes * 60_000) })}
        </span>
      </span>
    </ChoiceCard>
  );
}
