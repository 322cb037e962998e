import { Alert, Button, Group } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import type { ConfigConflict } from '../../../../main/contract/config-edits';

interface ConflictListProps {
  readonly conflicts: readonly ConfigConflict[];
  readonly onMine: (conflict: ConfigConflict) => void;
  readonly onGenerated: (conflict: ConfigConflict) => void;
}

/** Where the form now says something else than what was changed by hand: neither is lost until the person decides. */
export function ConflictList({ conflicts, onMine, onGenerated }: ConflictListProps) {
  const { t } = useTranslation();
  if (conflicts.length === 0) return undefined;
  return (
    <Alert className="sb-config__alert" role="alert" title={t('configuration.conflicts', { count: conflicts.length })}>
      <ul className="sb-config__conflicts">
        {conflicts.map((conflict) => {
          const { edit, now } = conflict;
          return (
            <li key={`${edit.line} ${edit.remove.join('\n')} ${edit.add.join('\n')}`}>
              <dl>
                <Lines title={t('configuration.was')} lines={edit.remove} />
                <Lines title={t('configuration.yours')} lines={edit.add} />
                <Lines title={t('configuration.form')} lines={now} />
              </dl>
              <Group gap="xs">
                <Button size="compact-sm" variant="default" onClick={() => onMine(conflict)}>
                  {t(edit.add.length > 0 ? 'configuration.keepMine' : 'configuration.keepRemoved')}
                </Button>
                <Button size="compact-sm" variant="default" onClick={() => onGenerated(conflict)}>
                  {t('configuration.useForm')}
                </Button>
              </Group>
            </li>
          );
        })}
      </ul>
    </Alert>
  );
}

function Lines({ title, lines }: { title: string; lines: readonly string[] }) {
  const { t } = useTranslation();
  return (
    <>
      <dt>{title}</dt>
      <dd>
        {lines.length === 0 ? (
          <span className="sb-dim">{t('configuration.nothing')}</span>
        ) : (
          <code>{lines.join('\n')}</code>
        )}
      </dd>
    </>
  );
}
