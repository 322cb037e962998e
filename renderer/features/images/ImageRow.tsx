import { ActionIcon, Badge, Button, Progress, Tooltip } from '@mantine/core';
import { Download, Trash2, X } from 'lucide-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Image } from '../../../main/contract/models';
import { useAction, useApi, useCore } from '../../app/backend';
import { showDone } from '../../app/toasts';
import { Confirm } from '../../ui/Confirm';
import { CopyButton } from '../../ui/CopyButton';
import { errorText } from '../../ui/error-text';
import { formatBytes, formatShare } from '../../ui/format';
import { StateMark } from '../../ui/StateMark';
import type { Tone } from '../../ui/tone';

const TONE: Record<Image['state'], Tone> = {
  absent: 'idle',
  downloading: 'working',
  verifying: 'working',
  cached: 'good',
  failed: 'failed',
};

export function ImageRow({ image }: { image: Image }) {
  const { t } = useTranslation();
  const usedBy = useCore((state) => state.clouds).filter((cloud) => image.usedBy.includes(cloud.id));
  const size = image.cachedBytes ?? image.downloadBytes;
  return (
    <tr>
      <td>
        <span className="sb-images__title">
          {image.title}
          {image.imported && (
            <Badge size="xs" variant="default" tt="none">
              {t('images.imported')}
            </Badge>
          )}
        </span>
        {image.virtualBytes !== undefined && (
          <span className="sb-dim sb-num sb-images__sub">
            {t('images.diskInside', { size: formatBytes(image.virtualBytes) })}
          </span>
        )}
      </td>
      <td>
        <span className="sb-images__state">
          <StateMark tone={TONE[image.state]} size={13} />
          {t(`images.state.${image.state}`)}
          {image.progress !== undefined && image.state === 'downloading' && (
            <span className="sb-dim sb-num">{formatShare(image.progress)}</span>
          )}
          {image.error !== undefined && <CopyButton value={errorText(image.error)} label={t('common.copyError')} />}
        </span>
        {image.state === 'downloading' && (
          <Progress
            value={(image.progress ?? 0) * 100}
            size={4}
            mt={6}
            transitionDuration={120}
            aria-label={t('app.downloading', { title: image.title })}
          />
        )}
        {image.error !== undefined && <span className="sb-images__error">{image.error.message}</span>}
      </td>
      <td className="sb-num sb-images__size">
        {size === undefined
          ? '–'
          : image.cachedBytes === undefined
            ? t('images.sizeAbout', { size: formatBytes(size) })
            : formatBytes(size)}
      </td>
      <td className="sb-images__used">
        {usedBy.length === 0 ? (
          <span className="sb-dim">{t('images.unused')}</span>
        ) : (
          usedBy.map((cloud) => cloud.name).join(', ')
        )}
      </td>
      <td className="sb-images__action">
        <ImageAction image={image} />
      </td>
    </tr>
  );
}

function ImageAction({ image }: { image: Image }) {
  const { t } = useTranslation();
  const api = useApi();
  const [asking, setAsking] = useState(false);
  const download = useAction(() => api.images.download({ imageId: image.id }));
  const cancel = useAction(() => api.images.cancel({ imageId: image.id }));
  const remove = useAction(async () => {
    const { freedBytes } = await api.images.delete({ imageId: image.id });
    showDone(t('images.freed', { size: formatBytes(freedBytes) }));
  });
  const { title } = image;
  switch (image.state) {
    case 'absent':
    case 'failed':
      return (
        <Button
          size="compact-sm"
          variant="default"
          leftSection={<Download size={14} />}
          aria-label={t('images.download', { title })}
          loading={download.busy}
          onClick={() => void download.run()}
        >
          {t(image.state === 'failed' ? 'common.tryAgain' : 'images.downloadShort')}
        </Button>
      );
    case 'downloading':
    case 'verifying':
      return (
        <Tooltip label={t('images.cancel', { title })}>
          <ActionIcon
            aria-label={t('images.cancel', { title })}
            loading={cancel.busy}
            onClick={() => void cancel.run()}
          >
            <X size={16} aria-hidden />
          </ActionIcon>
        </Tooltip>
      );
    case 'cached': {
      const used = image.usedBy.length > 0;
      const freed = formatBytes(image.cachedBytes ?? 0);
      return (
        <>
          <Tooltip label={used ? t('images.deleteUsed') : t('images.delete', { title })}>
            <ActionIcon
              aria-label={t('images.delete', { title })}
              // Not `disabled`: the tooltip that says why must stay reachable.
              {...(used && { 'data-disabled': true, 'aria-disabled': true })}
              loading={remove.busy}
              onClick={() => {
                if (!used) setAsking(true);
              }}
            >
              <Trash2 size={16} aria-hidden />
            </ActionIcon>
          </Tooltip>
          <Confirm
            opened={asking}
            title={t('images.deleteTitle', { title })}
            confirm={t('images.deleteButton')}
            onClose={() => setAsking(false)}
            onConfirm={() => void remove.run()}
          >
            <p>{t(image.imported ? 'images.deleteImported' : 'images.deleteText', { size: freed })}</p>
          </Confirm>
        </>
      );
    }
  }
}
