import { UnstyledButton } from '@mantine/core';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Finding } from '../../../main/contract/models';
import { useCore } from '../../app/backend';
import { StateMark } from '../../ui/StateMark';
import { findingTone } from '../../ui/tone';
import { FindingRow } from './FindingRow';
import { summarise, summaryTone } from './summary';
import './doctor.css';

/** All checks in one line; a press opens the one that is of interest. What must be solved is open from the start. */
export function DoctorStrip() {
  const { t } = useTranslation();
  const findings = useCore((state) => state.findings);
  const [chosen, setChosen] = useState<string | undefined>();
  const shown = findings.filter((finding) => finding.id === chosen || finding.state === 'problem');
  return (
    <section className="sb-strip" aria-label={t('home.checks')}>
      <p className="sb-strip__summary" role="status">
        <StateMark tone={findings.length === 0 ? 'working' : summaryTone(findings)} size={14} />
        {findings.length === 0 ? t('home.checking') : summarise(findings, t)}
      </p>
      <ul className="sb-strip__checks">
        {findings.map((finding) => (
          <li key={finding.id}>
            <StripCheck
              finding={finding}
              chosen={finding.id === chosen}
              onChoose={() => setChosen(finding.id === chosen ? undefined : finding.id)}
            />
          </li>
        ))}
      </ul>
      {shown.length > 0 && (
        <ul className="sb-card sb-findings">
          {shown.map((finding) => (
            <FindingRow key={finding.id} finding={finding} />
          ))}
        </ul>
      )}
    </section>
  );
}

function StripCheck({ finding, chosen, onChoose }: { finding: Finding; chosen: boolean; onChoose: () => void }) {
  const { t } = useTranslation();
  return (
    <UnstyledButton className="sb-strip__check" aria-expanded={chosen} onClick={onChoose} title={finding.summary}>
      <StateMark tone={findingTone(finding.state)} size={13} label={t(`doctor.state.${finding.state}`)} />
      {finding.title}
    </UnstyledButton>
  );
}
