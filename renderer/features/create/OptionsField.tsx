import { Checkbox, NumberInput, PasswordInput, Select, Switch, Textarea, TextInput } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { editsValue } from '../../../main/contract/config-edits';
import type { PlanProblem } from '../../../main/contract/models';
import type { Plan } from '../../../main/contract/plan';
import type { RecipeOption } from '../../../main/contract/recipe-options';
import { BranchField } from './BranchField';
import { ConfigField } from './config/ConfigField';
import { problemAt } from './usePlanCheck';

type Values = Plan['recipe']['options'];
type Value = Values[string];

interface OptionsFieldProps {
  readonly options: readonly RecipeOption[];
  readonly plan: Plan;
  readonly problems: readonly PlanProblem[];
  readonly onChange: (values: Values) => void;
}

/** What can be chosen about the install itself: the form follows from the recipe's own description. */
export function OptionsField({ options, plan, problems, onChange }: OptionsFieldProps) {
  const { t } = useTranslation();
  const values = plan.recipe.options;
  if (options.length === 0) return undefined;
  return (
    <fieldset className="sb-field">
      <legend>{t('create.options')}</legend>
      <div className="sb-card sb-options">
        {options.map((option) => (
          <OptionControl
            key={option.id}
            option={option}
            options={options}
            plan={plan}
            value={values[option.id]}
            problem={problemAt(problems, `recipe.options.${option.id}`)}
            onChange={(value) => onChange({ ...values, [option.id]: value })}
          />
        ))}
      </div>
    </fieldset>
  );
}

interface OptionControlProps {
  readonly option: RecipeOption;
  readonly options: readonly RecipeOption[];
  readonly plan: Plan;
  /** As it stands in the plan, which may come from a file and be of any kind. */
  readonly value: Value | undefined;
  readonly problem: PlanProblem | undefined;
  readonly onChange: (value: Value) => void;
}

function OptionControl({ option, options, plan, value, problem, onChange }: OptionControlProps) {
  const { t } = useTranslation();
  const shared = {
    label: option.label,
    description: option.help,
    error: problem && [problem.message, problem.hint].filter((part) => part !== undefined).join(' '),
  };
  switch (option.type) {
    case 'text': {
      const text = typeof value === 'string' ? value : option.default;
      const { maxLength } = option;
      if (!option.lines) {
        return (
          <TextInput
            {...shared}
            value={text}
            maxLength={maxLength}
            spellCheck={false}
            onChange={(event) => onChange(event.currentTarget.value)}
          />
        );
      }
      return (
        <Textarea
          {...shared}
          classNames={{ input: 'sb-mono' }}
          autosize
          minRows={3}
          maxRows={16}
          value={text}
          maxLength={maxLength}
          spellCheck={false}
          onChange={(event) => onChange(event.currentTarget.value)}
        />
      );
    }
    case 'number':
      return (
        <NumberInput
          {...shared}
          value={typeof value === 'number' ? value : option.default}
          min={option.min}
          max={option.max}
          allowDecimal={false}
          clampBehavior="blur"
          {...(option.unit !== undefined && { suffix: ` ${option.unit}` })}
          onChange={(next) => {
            if (typeof next === 'number') onChange(next);
          }}
        />
      );
    case 'switch':
      return (
        <Switch
          {...shared}
          checked={typeof value === 'boolean' ? value : option.default}
          onChange={(event) => onChange(event.currentTarget.checked)}
        />
      );
    case 'choice': {
      const chosen = typeof value === 'string' ? value : option.default;
      const help = option.choices.find((choice) => choice.value === chosen)?.help;
      return (
        <Select
          {...shared}
          description={[option.help, help].filter((part) => part !== undefined).join(' ')}
          data={option.choices.map((choice) => ({ value: choice.value, label: choice.label }))}
          value={chosen}
          allowDeselect={false}
          onChange={(next) => {
            if (next !== null) onChange(next);
          }}
        />
      );
    }
    case 'branch':
      return (
        <BranchField
          option={option}
          options={options}
          plan={plan}
          value={typeof value === 'string' ? value : option.default}
          error={shared.error}
          onChange={onChange}
        />
      );
    case 'file':
      return (
        <ConfigField
          option={option}
          options={options}
          plan={plan}
          problem={problem}
          onChange={(edits) => onChange(editsValue(edits))}
        />
      );
    case 'choices':
      return (
        <Checkbox.Group
          {...shared}
          value={Array.isArray(value) ? value.map(String) : option.default}
          onChange={(chosen) => onChange([...chosen])}
        >
          <div className="sb-options__boxes">
            {option.choices.map((choice) => (
              <Checkbox key={choice.value} value={choice.value} label={choice.label} description={choice.help} />
            ))}
          </div>
        </Checkbox.Group>
      );
    case 'secret':
      return (
        <PasswordInput
          {...shared}
          description={[option.help, t('create.secretHint')].filter((part) => part !== undefined).join(' ')}
          value={typeof value === 'string' ? value : ''}
          maxLength={option.maxLength}
          autoComplete="new-password"
          onChange={(event) => onChange(event.currentTarget.value)}
        />
      );
  }
}
