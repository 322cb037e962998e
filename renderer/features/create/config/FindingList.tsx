import { Anchor, Button } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import type { ConfigFinding } from '../../../../main/contract/configuration';
import { StateMark } from '../../../ui/StateMark';

/** More of them at once help nobody. */
const MOST = 8;

interface FindingListProps {
  readonly findings: readonly ConfigFinding[];
  /** Leads to the line. */
  readonly onShow: (finding: ConfigFinding) => void;
  readonly onMend: (finding: ConfigFinding) => void;
}

/** The mistakes in the text, each with its line and, where there is one, its cure. */
export function FindingList({ findings, onShow, onMend }: FindingListProps) {
  const { t } = useTranslation();
  const more = findings.length - MOST;
  return (
    <div role="status" aria-label={t('configuration.findings')}>
      {findings.length > 0 && (
        <ul className="sb-config__findings">
          {findings.slice(0, MOST).map((finding) => (
            <li key={`${finding.line} ${finding.message}`}>
              <StateMark tone={finding.severity === 'problem' ? 'failed' : 'attention'} size={13} />
              <Anchor component="button" type="button" size="sm" onClick={() => onShow(finding)}>
                {t('configuration.line', { line: finding.line })}
              </Anchor>
              <span>{finding.message}</span>
              {finding.fix !== undefined && (
                <Button variant="default" size="compact-xs" onClick={() => onMend(finding)}>
                  {finding.fix.title}
                </Button>
              )}
            </li>
          ))}
          {more > 0 && <li className="sb-dim">{t('configuration.more', { count: more })}</li>}
        </ul>
      )}
    </div>
  );
}
