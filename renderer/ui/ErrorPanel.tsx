import { Button } from '@mantine/core';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { CopyButton } from './CopyButton';
import { errorText, type ShownError } from './error-text';
import { formatCommand } from './format';
import { MonoBlock, MonoLine } from './Mono';
import { StateMark } from './StateMark';

interface ErrorPanelProps {
  readonly title?: string;
  readonly error: ShownError;
  readonly onRetry?: () => void;
  readonly children?: ReactNode;
}

/** What happened, why, and what to do, with everything that helps to find out more. */
export function ErrorPanel({ title, error, onRetry, children }: ErrorPanelProps) {
  const { t } = useTranslation();
  return (
    <section className="sb-error" role="alert">
      <div className="sb-error__head">
        <StateMark tone="failed" size={18} />
        <div className="sb-error__words">
          <h2>{title ?? error.message}</h2>
          {title !== undefined && <p>{error.message}</p>}
          <p className="sb-dim">{error.hint ?? t(`errorHelp.${error.code}`)}</p>
        </div>
        <CopyButton value={errorText(error)} label={t('common.copyError')} />
      </div>
      {children}
      {error.command !== undefined && (
        <div>
          <h3>
            {error.exitCode === undefined ? t('error.command') : t('error.commandExit', { code: error.exitCode })}
          </h3>
          <MonoLine value={formatCommand(error.command)} copyLabel={t('common.copyCommand')} />
        </div>
      )}
      {error.output !== undefined && error.output !== '' && (
        <div>
          <h3>{t('error.output')}</h3>
          <MonoBlock text={error.output} label={t('error.output')} copyLabel={t('common.copyOutput')} />
        </div>
      )}
      {onRetry !== undefined && (
        <div>
          <Button variant="default" onClick={onRetry}>
            {t('common.tryAgain')}
          </Button>
        </div>
      )}
    </section>
  );
}
