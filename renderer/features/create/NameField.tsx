import { Anchor, TextInput } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { suggestName } from '../../../main/contract/limits';
import { nameProblem } from './name-rule';

interface NameFieldProps {
  readonly value: string;
  /** What the core says about the name, when the rule itself is kept: it is taken. */
  readonly problem: string | undefined;
  readonly onChange: (name: string) => void;
}

export function NameField({ value, problem, onChange }: NameFieldProps) {
  const { t } = useTranslation();
  const broken = nameProblem(value, t);
  const suggestion = broken === undefined ? undefined : suggestName(value);
  const message = broken ?? problem;
  return (
    <TextInput
      label={t('create.name')}
      description={t('create.nameHint')}
      value={value}
      onChange={(event) => onChange(event.currentTarget.value)}
      spellCheck={false}
      autoComplete="off"
      size="md"
      error={
        message === undefined ? undefined : (
          <>
            {message}{' '}
            {suggestion !== undefined && (
              <Anchor component="button" type="button" inherit onClick={() => onChange(suggestion)}>
                {t('create.nameSuggest', { name: suggestion })}
              </Anchor>
            )}
          </>
        )
      }
    />
  );
}
