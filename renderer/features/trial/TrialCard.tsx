import { Button, Menu } from '@mantine/core';
import { ChevronDown, Download, FileCode2, FileText } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import type { Cloud } from '../../../main/contract/models';
import { countChecks, type ReportFormat, type Trial, type TrialCheck } from '../../../main/contract/trial';
import { useAction, useApi } from '../../app/backend';
import { formatAge, formatDuration, formatFullDate, formatMoment } from '../../ui/format';
import { saveFile } from '../../ui/save-file';
import { StateMark } from '../../ui/StateMark';
import type { Tone } from '../../ui/tone';
import { useNow } from '../../ui/useNow';
import { canTry } from './can-try';
import { useTryIt } from './useTryIt';
import './trial.css';

const TONE: Record<TrialCheck['state'], Tone> = { passed: 'good', failed: 'failed', skipped: 'idle' };

/** What came of the last try: in one line, then check by check; and the report to hand on. */
export function TrialCard({ cloud, trial }: { cloud: Cloud; trial: Trial }) {
  const { t } = useTranslation();
  const api = useApi();
  const tryIt = useTryIt(cloud);
  const save = useAction(async (format: ReportFormat) => {
    const { name, text, type } = await api.clouds.report({ cloudId: cloud.id, format });
    saveFile(name, [text], type);
  });
  const skipped = trial.checks.filter(({ state }) => state === 'skipped');
  return (
    <section className="sb-card sb-trial" aria-label={t('trial.tryIt')}>
      <div className="sb-trial__head">
        <StateMark tone={trial.state === 'passed' ? 'good' : 'failed'} size={18} />
        <TrialTitle trial={trial} />
        <div className="sb-trial__acts">
          <Menu position="bottom-end" hideDetached={false}>
            <Menu.Target>
              <Button
                variant="default"
                leftSection={<Download size={15} aria-hidden />}
                rightSection={<ChevronDown size={14} aria-hidden />}
                loading={save.busy}
              >
                {t('trial.saveReport')}
              </Button>
            </Menu.Target>
            <Menu.Dropdown>
              <Menu.Item leftSection={<FileText size={15} aria-hidden />} onClick={() => void save.run('html')}>
                {t('trial.asHtml')}
              </Menu.Item>
              <Menu.Item leftSection={<FileCode2 size={15} aria-hidden />} onClick={() => void save.run('junit')}>
                {t('trial.asJunit')}
              </Menu.Item>
            </Menu.Dropdown>
          </Menu>
          <Button variant="default" disabled={!canTry(cloud)} loading={tryIt.busy} onClick={() => void tryIt.run()}>
            {t('trial.again')}
          </Button>
        </div>
      </div>
      <Checks checks={trial.checks.filter(({ state }) => state !== 'skipped')} label={t('trial.checks')} />
      {skipped.length > 0 && (
        <details className="sb-trial__skipped">
          <summary className="sb-dim">{t('trial.skippedChecks')}</summary>
          <Checks checks={skipped} label={t('trial.skippedChecks')} />
        </details>
      )}
    </section>
  );
}

/** From then on a time of the clock says more than an age (ms). */
const WORTH_AN_AGE = 24 * 3_600_000;

function TrialTitle({ trial: { endedAt, checks } }: { trial: Trial }) {
  const { t } = useTranslation();
  const now = useNow(true);
  const age = now - endedAt;
  const when =
    age >= WORTH_AN_AGE
      ? formatMoment(endedAt, now)
      : age < 60_000
        ? t('trial.now')
        : t('trial.ago', { time: formatAge(age) });
  const count = countChecks(checks);
  const counts = (['failed', 'passed', 'skipped'] as const)
    .filter((state) => count[state] > 0)
    .map((state) => t(`trial.count.${state}`, { n: count[state] }));
  return <h2 title={formatFullDate(endedAt)}>{t('trial.title', { when, counts: counts.join(', ') })}</h2>;
}

function Checks({ checks, label }: { checks: readonly TrialCheck[]; label: string }) {
  const { t } = useTranslation();
  return (
    <ul className="sb-trial__checks" aria-label={label}>
      {checks.map(({ id, title, state, note, ms }) => (
        <li key={id} className={`sb-trial__check--${state}`}>
          <StateMark tone={TONE[state]} size={14} label={t(`trial.state.${state}`)} />
          <div className="sb-trial__words">
            <span>{title}</span>
            <span className="sb-dim">{note}</span>
          </div>
          {state !== 'skipped' && <span className="sb-dim sb-num sb-trial__time">{formatDuration(ms)}</span>}
        </li>
      ))}
    </ul>
  );
}
