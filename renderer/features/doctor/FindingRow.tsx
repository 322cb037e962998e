import { Collapse, UnstyledButton } from '@mantine/core';
import { ChevronRight } from 'lucide-react';
import { useId, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Finding } from '../../../main/contract/models';
import { formatCommand } from '../../ui/format';
import { MonoBlock, MonoLine } from '../../ui/Mono';
import { StateMark } from '../../ui/StateMark';
import { findingTone } from '../../ui/tone';

/** One check: its state as shape and word, what it means, and on request the evidence and the command that cures it. */
export function FindingRow({ finding }: { finding: Finding }) {
  const { t } = useTranslation();
  const [opened, setOpened] = useState(false);
  const id = useId();
  const { fix } = finding;
  return (
    <li className="sb-finding">
      <UnstyledButton
        className="sb-finding__head"
        aria-expanded={opened}
        aria-controls={id}
        onClick={() => setOpened(!opened)}
      >
        <StateMark tone={findingTone(finding.state)} size={16} />
        <span className="sb-finding__words">
          <span className="sb-finding__title">
            {finding.title}
            <span className={`sb-word sb-tone-${findingTone(finding.state)}`}>
              {t(`doctor.state.${finding.state}`)}
            </span>
          </span>
          <span className="sb-dim">{finding.summary}</span>
        </span>
        <ChevronRight size={16} aria-hidden className={opened ? 'sb-chevron sb-chevron--open' : 'sb-chevron'} />
      </UnstyledButton>
      {fix !== undefined && finding.state !== 'ok' && (
        <div className="sb-finding__fix">
          <span>
            {fix.title} <span className="sb-dim">({t(fix.root ? 'doctor.fixRoot' : 'doctor.fixUser')})</span>
          </span>
          <MonoLine value={formatCommand(fix.argv)} copyLabel={t('common.copyCommand')} />
        </div>
      )}
      <Collapse expanded={opened} id={id} transitionDuration={120}>
        <div className="sb-finding__evidence">
          <h3>{t('doctor.evidence')}</h3>
          <MonoBlock
            text={finding.evidence.join('\n')}
            label={t('doctor.details', { title: finding.title })}
            copyLabel={t('common.copy')}
          />
        </div>
      </Collapse>
    </li>
  );
}
