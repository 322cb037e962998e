import { Button } from '@mantine/core';
import { CircleCheck, CirclePause, Moon, Unplug } from 'lucide-react';
import type { TFunction } from 'i18next';
import { useTranslation } from 'react-i18next';
import type { Cloud } from '../../../main/contract/models';
import { navigate } from '../../app/route';
import { RunSummary } from '../progress/RunSummary';
import { RunOutcome } from '../progress/RunOutcome';

/** The one sentence at the top: installing, ready, stopped, failed or gone, and the next thing to do. */
export function Standing({ cloud }: { cloud: Cloud }) {
  const { t } = useTranslation();
  const { run } = cloud;
  if (run?.state === 'running') {
    return (
      <section className="sb-card sb-standing sb-standing--run">
        <RunSummary run={run} />
        <Button variant="light" onClick={() => navigate({ page: 'cloud', cloudId: cloud.id, tab: 'progress' })}>
          {t('overview.watch')}
        </Button>
      </section>
    );
  }
  if (cloud.state === 'gone')
    return <Banner icon={Unplug} tone="failed" title={t('overview.goneTitle')} text={t('overview.goneText')} />;
  if (run !== undefined && run.state !== 'done') return <RunOutcome cloud={cloud} run={run} />;
  if (cloud.state === 'stopped') {
    return (
      <Banner icon={CirclePause} tone="idle" title={t('overview.stoppedTitle')} text={t('overview.stoppedText')} />
    );
  }
  if (cloud.state === 'saved') {
    return <Banner icon={Moon} tone="idle" title={t('overview.savedTitle')} text={t('overview.savedText')} />;
  }
  if (cloud.ready && cloud.state === 'running') {
    return <Banner icon={CircleCheck} tone="good" title={t('overview.readyTitle')} text={proved(cloud, t)} />;
  }
  if (cloud.actions.length > 0 && cloud.state === 'attention') {
    // Taken down on purpose: the status says by what, and what brings it back.
    return <Banner icon={CirclePause} tone="idle" title={t('overview.downTitle')} text={cloud.status} />;
  }
  return null;
}

/** What was proved before anybody said "ready", in the words of the run's own last steps. */
function proved({ run, tried }: Cloud, t: TFunction): string {
  if (tried?.state === 'failed') return t('overview.readyButTried');
  const checks = (run?.steps ?? []).filter(({ id, state }) => id.startsWith('proof-') && state === 'done');
  return checks.length === 0
    ? t('overview.readyText')
    : t('overview.readyProved', { checks: checks.map(({ title }) => title).join(', ') });
}

interface BannerProps {
  readonly icon: typeof CircleCheck;
  readonly tone: 'good' | 'idle' | 'failed';
  readonly title: string;
  readonly text: string;
}

function Banner({ icon: Icon, tone, title, text }: BannerProps) {
  return (
    <section className={`sb-card sb-standing sb-standing--${tone}`}>
      <Icon size={28} strokeWidth={1.7} aria-hidden className={`sb-tone-${tone}`} />
      <div>
        <h2>{title}</h2>
        <p className="sb-dim">{text}</p>
      </div>
    </section>
  );
}
