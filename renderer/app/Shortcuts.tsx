import { Kbd, Modal } from '@mantine/core';
import { useHotkeys } from '@mantine/hooks';
import { useTranslation } from 'react-i18next';
import { useStore } from 'zustand';
import { createStore } from 'zustand/vanilla';
import { useCore } from './backend';
import { CLOUD_TABS, navigate, type Route } from './route';

const opened = createStore(() => ({ opened: false }));

export function openShortcuts(): void {
  opened.setState({ opened: true });
}

const physical = { usePhysicalKeys: true } as const;

/** The keys of the window, and the list of them. Keys are Alt combinations, so that typing never triggers one. */
export function Shortcuts({ route }: { route: Route }) {
  const { t } = useTranslation();
  const shown = useStore(opened, (state) => state.opened);
  const clouds = useCore((state) => state.clouds);

  const goBy = (delta: number): void => {
    const at = route.page === 'cloud' ? clouds.findIndex((cloud) => cloud.id === route.cloudId) : -1;
    const next = clouds[(at + delta + clouds.length) % clouds.length];
    if (next !== undefined) navigate({ page: 'cloud', cloudId: next.id, tab: undefined });
  };

  useHotkeys([
    ['alt+KeyN', () => navigate({ page: 'create' }), physical],
    ['alt+KeyI', () => navigate({ page: 'images' }), physical],
    ['alt+KeyC', () => navigate({ page: 'doctor' }), physical],
    ['alt+Comma', () => navigate({ page: 'settings' }), physical],
    ['alt+Slash', openShortcuts, physical],
    ['alt+ArrowUp', () => goBy(-1)],
    ['alt+ArrowDown', () => goBy(1)],
    ...CLOUD_TABS.map((tab, index): [string, () => void, typeof physical] => [
      `alt+Digit${index + 1}`,
      () => {
        if (route.page === 'cloud') navigate({ page: 'cloud', cloudId: route.cloudId, tab });
      },
      physical,
    ]),
  ]);

  return (
    <Modal
      opened={shown}
      onClose={() => opened.setState({ opened: false })}
      title={t('app.shortcuts.title')}
      closeButtonProps={{ 'aria-label': t('common.close') }}
    >
      <ShortcutList />
    </Modal>
  );
}

/** All keys, for the dialog and the settings page. */
export function ShortcutList() {
  const { t } = useTranslation();
  const mod = /Mac/.test(navigator.userAgent) ? '⌘' : 'Ctrl';
  const rows: readonly [string, readonly string[]][] = [
    [t('app.shortcuts.palette'), [mod, 'K']],
    [t('app.shortcuts.newCloud'), ['Alt', 'N']],
    [t('app.shortcuts.tab'), ['Alt', '1 … 4']],
    [t('app.shortcuts.cloud'), ['Alt', '↑ ↓']],
    [t('app.shortcuts.images'), ['Alt', 'I']],
    [t('app.shortcuts.doctor'), ['Alt', 'C']],
    [t('app.shortcuts.settings'), ['Alt', ',']],
    [t('app.shortcuts.logSearch'), [mod, 'Shift', 'F']],
    [t('app.shortcuts.termCopy'), [mod, 'Shift', 'C']],
    [t('app.shortcuts.termPaste'), [mod, 'Shift', 'V']],
    [t('app.shortcuts.leave'), ['Ctrl', 'F6']],
    [t('app.shortcuts.here'), ['Alt', '/']],
  ];
  return (
    <dl className="sb-keys">
      {rows.map(([title, keys]) => (
        <div key={title}>
          <dt>{title}</dt>
          <dd>
            {keys.map((key) => (
              <Kbd key={key} size="xs">
                {key}
              </Kbd>
            ))}
          </dd>
        </div>
      ))}
    </dl>
  );
}
