import { useTranslation } from 'react-i18next';
import type { Cloud, Image } from '../../main/contract/models';
import { formatLeft, formatShare } from '../ui/format';
import { StateMark } from '../ui/StateMark';
import { useCore } from './backend';
import { href } from './route';

/** The slim line at the bottom: all that runs in the background, each with a way to it. */
export function StatusLine() {
  const { t } = useTranslation();
  const clouds = useCore((state) => state.clouds);
  const images = useCore((state) => state.images);
  const running = clouds.filter((cloud) => cloud.run?.state === 'running');
  const loading = images.filter((image) => image.state === 'downloading' || image.state === 'verifying');
  return (
    <footer className="sb-status" aria-label={t('app.status')}>
      {running.length + loading.length === 0 && <span>{t('app.idle')}</span>}
      {running.map((cloud) => (
        <RunItem key={cloud.id} cloud={cloud} />
      ))}
      {loading.map((image) => (
        <ImageItem key={image.id} image={image} />
      ))}
    </footer>
  );
}

function RunItem({ cloud }: { cloud: Cloud }) {
  const { t } = useTranslation();
  const step = cloud.run?.steps.find((candidate) => candidate.state === 'running');
  const left = cloud.run?.left;
  return (
    <a className="sb-status__item" href={href({ page: 'cloud', cloudId: cloud.id, tab: 'progress' })}>
      <StateMark tone="working" size={11} />
      <span className="sb-status__name">{cloud.name}</span>
      <span className="sb-status__what">{step?.title ?? cloud.status}</span>
      {left !== undefined && (
        <span className="sb-num">{t(left.about ? 'app.aboutLeft' : 'app.left', { time: formatLeft(left.ms) })}</span>
      )}
    </a>
  );
}

function ImageItem({ image }: { image: Image }) {
  const { t } = useTranslation();
  return (
    <a className="sb-status__item" href={href({ page: 'images' })}>
      <StateMark tone="working" size={11} />
      <span className="sb-status__what">
        {t(image.state === 'verifying' ? 'app.verifying' : 'app.downloading', { title: image.title })}
      </span>
      {image.progress !== undefined && <span className="sb-num">{formatShare(image.progress)}</span>}
    </a>
  );
}
