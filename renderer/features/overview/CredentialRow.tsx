import { ActionIcon, Tooltip } from '@mantine/core';
import { Copy, Eye, EyeOff } from 'lucide-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Cloud } from '../../../main/contract/models';
import { useAction, useApi } from '../../app/backend';
import { showDone } from '../../app/toasts';
import { CopyButton } from '../../ui/CopyButton';

interface CredentialRowProps {
  readonly cloudId: string;
  readonly credential: Cloud['credentials'][number];
}

/** A user with a hidden password: it is fetched only when it is shown or copied, and forgotten when it is hidden. */
export function CredentialRow({ cloudId, credential }: CredentialRowProps) {
  const { t } = useTranslation();
  const api = useApi();
  const [password, setPassword] = useState<string | undefined>();
  const { id: credentialId, title, username } = credential;
  const reveal = useAction(async () => {
    const answer = await api.clouds.reveal({ cloudId, credentialId });
    setPassword(answer.password);
  });
  const copy = useAction(async (write: (text: string) => Promise<void>) => {
    const answer = await api.clouds.reveal({ cloudId, credentialId });
    await write(answer.password);
    showDone(t('common.copied'));
  });
  const shown = password !== undefined;
  const toggleLabel = t(shown ? 'overview.hide' : 'overview.reveal', { title });
  return (
    <li>
      <span className="sb-facts__title">{title}</span>
      <span className="sb-mono-line">
        <code>{username}</code>
        <CopyButton value={username} label={t('overview.copyUser', { user: username })} />
      </span>
      {credential.hasPassword ? (
        <span className="sb-mono-line">
          <code className={shown ? '' : 'sb-facts__hidden'}>
            {password ?? <span aria-label={t('overview.hidden')}>••••••••••••</span>}
          </code>
          <Tooltip label={toggleLabel}>
            <ActionIcon
              size="sm"
              aria-label={toggleLabel}
              loading={reveal.busy}
              onClick={() => (shown ? setPassword(undefined) : void reveal.run())}
            >
              {shown ? <EyeOff size={14} aria-hidden /> : <Eye size={14} aria-hidden />}
            </ActionIcon>
          </Tooltip>
          <Tooltip label={t('overview.copyPassword', { title })}>
            <ActionIcon
              size="sm"
              aria-label={t('overview.copyPassword', { title })}
              loading={copy.busy}
              onClick={() => void copy.run((text) => navigator.clipboard.writeText(text))}
            >
              <Copy size={14} aria-hidden />
            </ActionIcon>
          </Tooltip>
        </span>
      ) : (
        <span className="sb-dim">{t('overview.noPassword')}</span>
      )}
    </li>
  );
}
