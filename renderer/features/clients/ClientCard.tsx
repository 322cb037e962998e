import { ActionIcon, Button, SegmentedControl, Tooltip } from '@mantine/core';
import { Copy, Download, Eye, EyeOff, FilePlus2, Info } from 'lucide-react';
import { useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { ClientConfig } from '../../../main/contract/clients';
import type { Cloud } from '../../../main/contract/models';
import { useAction, useApi, useQuestion } from '../../app/backend';
import { showDone } from '../../app/toasts';
import { ErrorPanel } from '../../ui/ErrorPanel';
import { MonoLine } from '../../ui/Mono';
import { saveFile } from '../../ui/save-file';
import './clients.css';

const KINDS = ['yaml', 'openrc'] as const;
type Kind = (typeof KINDS)[number];

/** clouds.yaml and openrc for clients on this computer. The password is fetched only when it is shown, copied or saved. */
export function ClientCard({ cloud }: { cloud: Cloud }) {
  const { t } = useTranslation();
  const api = useApi();
  const { id: cloudId } = cloud;
  const [kind, setKind] = useState<Kind>('yaml');
  const [secrets, setSecrets] = useState(false);
  const [answer, ask] = useQuestion<ClientConfig>();
  const addresses = cloud.endpoints.map(({ url }) => url).join(' ');
  useEffect(
    () => ask((signal) => api.clients.show({ cloudId, secrets }, { signal })),
    // oxlint-disable-next-line react/exhaustive-deps -- a forwarded port that moved is the reason to ask again
    [api, ask, cloudId, secrets, addresses],
  );
  const whole = async (): Promise<string> => textOf(await api.clients.show({ cloudId, secrets: true }), kind);
  const copy = useAction(async (write: (text: string) => Promise<void>) => {
    await write(await whole());
    showDone(t('clients.copied'));
  });
  const save = useAction(async (name: string) => saveFile(name, [await whole()], 'text/plain'));
  if (answer.state === 'loading') return <p className="sb-dim">{t('clients.loading')}</p>;
  if (answer.state === 'failed') return <ErrorPanel title={t('clients.failed')} error={answer.error} />;
  const config = answer.value;
  const fileName = kind === 'yaml' ? 'clouds.yaml' : `${config.entry}-openrc.sh`;
  const toggle = t(secrets ? 'clients.hide' : 'clients.show');
  return (
    <>
      <p className="sb-dim">{t('clients.lead')}</p>
      <div className="sb-client__bar">
        <SegmentedControl
          size="xs"
          aria-label={t('clients.kind')}
          transitionDuration={120}
          value={kind}
          onChange={setKind}
          data={KINDS.map((value) => ({ value, label: t(`clients.${value}`) }))}
        />
        <span className="sb-client__buttons">
          <Tooltip label={toggle}>
            <ActionIcon aria-label={toggle} aria-pressed={secrets} onClick={() => setSecrets(!secrets)}>
              {secrets ? <EyeOff size={16} aria-hidden /> : <Eye size={16} aria-hidden />}
            </ActionIcon>
          </Tooltip>
          <Tooltip label={t('clients.copy')}>
            <ActionIcon
              aria-label={t('clients.copy')}
              loading={copy.busy}
              onClick={() => void copy.run((text) => navigator.clipboard.writeText(text))}
            >
              <Copy size={16} aria-hidden />
            </ActionIcon>
          </Tooltip>
          <Tooltip label={t('clients.save')}>
            <ActionIcon aria-label={t('clients.save')} loading={save.busy} onClick={() => void save.run(fileName)}>
              <Download size={16} aria-hidden />
            </ActionIcon>
          </Tooltip>
        </span>
      </div>
      <div className="sb-mono-block sb-client__text">
        {/* oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- a scrolling region must be reachable by keyboard */}
        <pre tabIndex={0} role="region" aria-label={t('clients.text', { file: fileName })}>
          {textOf(config, kind)}
        </pre>
      </div>
      {config.limits !== undefined && (
        <p className="sb-client__limits">
          <Info size={15} aria-hidden />
          <span>
            {config.limits.text} <span className="sb-dim">{config.limits.hint}</span>
          </span>
        </p>
      )}
      <OwnFile cloud={cloud} config={config} />
    </>
  );
}

function textOf({ cloudsYaml, openrc }: ClientConfig, kind: Kind): string {
  return kind === 'yaml' ? cloudsYaml : openrc;
}

/** The entry in the person's own file, which is changed only when they ask for it. */
function OwnFile({ cloud, config: { entry, file } }: { cloud: Cloud; config: ClientConfig }) {
  const { t } = useTranslation();
  const api = useApi();
  const { id: cloudId } = cloud;
  const add = useAction(async () => {
    const { backup, file: changed } = await api.clients.add({ cloudId });
    showDone(backup === undefined ? t('clients.addedPlain', { file: changed }) : t('clients.addedBackup', { backup }));
  });
  const remove = useAction(async () => {
    const { file: changed } = await api.clients.remove({ cloudId });
    showDone(t('clients.removed', { file: changed }));
  });
  if (cloud.client?.added !== true) {
    return (
      <div className="sb-client__own">
        <Button
          variant="default"
          leftSection={<FilePlus2 size={16} aria-hidden />}
          loading={add.busy}
          onClick={() => void add.run()}
        >
          {t('clients.add')}
        </Button>
        <p className="sb-dim">{t('clients.addHint', { entry, file })}</p>
      </div>
    );
  }
  return (
    <div className="sb-client__own">
      <p>{t('clients.added', { entry })}</p>
      <MonoLine value={`export OS_CLOUD=${entry}`} copyLabel={t('clients.choose')} />
      <span className="sb-client__buttons">
        <Button size="compact-sm" variant="default" loading={add.busy} onClick={() => void add.run()}>
          {t('clients.renew')}
        </Button>
        <Button size="compact-sm" variant="default" loading={remove.busy} onClick={() => void remove.run()}>
          {t('clients.remove')}
        </Button>
      </span>
    </div>
  );
}
