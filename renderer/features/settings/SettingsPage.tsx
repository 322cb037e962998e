import { NumberInput, SegmentedControl, Text, useMantineColorScheme } from '@mantine/core';
import { useEffect, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import type { Host } from '../../../main/contract/models';
import { license, version } from '../../../package.json';
import { useApi, useQuestion } from '../../app/backend';
import { preferences, TERMINAL_FONT, usePreference } from '../../app/preferences';
import { ShortcutList } from '../../app/Shortcuts';
import { formatGiB, formatMiB } from '../../ui/format';
import { Page } from '../../ui/Page';
import './settings.css';

/** What a person can choose about the window; each choice holds at once and is remembered. */
export function SettingsPage() {
  const { t } = useTranslation();
  const { colorScheme, setColorScheme } = useMantineColorScheme();
  const fontSize = usePreference('terminalFontSize');
  const api = useApi();
  const [host, ask] = useQuestion<Host>();
  useEffect(() => ask((signal) => api.host(undefined, { signal })), [api, ask]);
  return (
    <Page title={t('settings.title')}>
      <Section title={t('settings.appearance')}>
        <Row title={t('settings.theme')}>
          <SegmentedControl
            aria-label={t('settings.theme')}
            value={colorScheme}
            onChange={(value) => setColorScheme(value)}
            data={(['auto', 'light', 'dark'] as const).map((value) => ({
              value,
              label: t(`settings.themes.${value}`),
            }))}
            transitionDuration={120}
          />
        </Row>
        <Row title={t('settings.language')}>
          <Text size="sm">{t('settings.english')}</Text>
        </Row>
      </Section>
      <Section title={t('settings.terminal')}>
        <Row title={t('settings.fontSize')}>
          <NumberInput
            aria-label={t('settings.fontSize')}
            value={fontSize}
            min={TERMINAL_FONT.min}
            max={TERMINAL_FONT.max}
            clampBehavior="strict"
            allowDecimal={false}
            suffix={` ${t('settings.fontSizeUnit')}`}
            w={120}
            onChange={(value) => {
              if (typeof value === 'number') preferences.setState({ terminalFontSize: value });
            }}
          />
        </Row>
        <pre className="sb-settings__sample" style={{ fontSize }}>
          {t('settings.sample')}
        </pre>
      </Section>
      <Section title={t('settings.keyboard')}>
        <ShortcutList />
      </Section>
      <Section title={t('settings.about')}>
        <Row title={t('settings.version')}>
          <Text size="sm" className="sb-num">
            {t('common.appName')} {version}
          </Text>
        </Row>
        <Row title={t('settings.licence')}>
          <Text size="sm">{license}</Text>
        </Row>
        {host.state === 'ready' && (
          <Row title={t('settings.computer')}>
            <Text size="sm" className="sb-num">
              {t('settings.hostLine', {
                cpus: host.value.cpus,
                memory: formatMiB(host.value.memoryMiB),
                free: formatMiB(host.value.freeMemoryMiB),
                disk: formatGiB(host.value.freeDiskGiB),
              })}
            </Text>
          </Row>
        )}
        <p className="sb-dim">{t('settings.promise')}</p>
      </Section>
    </Page>
  );
}

function Section({ title, children }: { title: string; children: ReactNode }) {
  return (
    <section className="sb-section">
      <h2>{title}</h2>
      <div className="sb-card sb-settings">{children}</div>
    </section>
  );
}

function Row({ title, children }: { title: string; children: ReactNode }) {
  return (
    <div className="sb-settings__row">
      <span>{title}</span>
      {children}
    </div>
  );
}
