import { useMantineColorScheme } from '@mantine/core';
import { Spotlight, type SpotlightActionGroupData } from '@mantine/spotlight';
import { HardDrive, Keyboard, Moon, Plus, Search, Settings, Stethoscope } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import { StateMark } from '../ui/StateMark';
import { cloudTone } from '../ui/tone';
import { useCore } from './backend';
import { CLOUD_TABS, navigate } from './route';
import { openShortcuts } from './Shortcuts';

const iconProps = { size: 16, strokeWidth: 1.8, 'aria-hidden': true } as const;
const THEMES = ['light', 'dark', 'auto'] as const;

/** Ctrl/Cmd+K: every page, cloud and common action, by name. */
export function CommandPalette() {
  const { t } = useTranslation();
  const clouds = useCore((state) => state.clouds);
  const { setColorScheme } = useMantineColorScheme();

  const actions: SpotlightActionGroupData[] = [
    {
      group: t('app.clouds'),
      actions: clouds.flatMap((cloud) =>
        CLOUD_TABS.map((tab) => ({
          id: `${cloud.id}/${tab}`,
          label: `${cloud.name}: ${t(`cloud.tabs.${tab}`)}`,
          leftSection: <StateMark tone={cloudTone(cloud)} size={14} />,
          onClick: () => navigate({ page: 'cloud', cloudId: cloud.id, tab }),
        })),
      ),
    },
    {
      group: t('app.paletteGoTo'),
      actions: [
        { id: 'create', label: t('app.newCloud'), icon: Plus },
        { id: 'images', label: t('app.images'), icon: HardDrive },
        { id: 'doctor', label: t('app.doctor'), icon: Stethoscope },
        { id: 'settings', label: t('app.settings'), icon: Settings },
      ].map(({ id, label, icon: Icon }) => ({
        id,
        label,
        leftSection: <Icon {...iconProps} />,
        onClick: () => navigate({ page: id as 'create' | 'images' | 'doctor' | 'settings' }),
      })),
    },
    {
      group: t('settings.appearance'),
      actions: [
        ...THEMES.map((theme) => ({
          id: `theme-${theme}`,
          label: t('app.paletteTheme', { theme: t(`settings.themes.${theme}`).toLowerCase() }),
          leftSection: <Moon {...iconProps} />,
          onClick: () => setColorScheme(theme),
        })),
        {
          id: 'shortcuts',
          label: t('app.shortcuts.title'),
          leftSection: <Keyboard {...iconProps} />,
          onClick: openShortcuts,
        },
      ],
    },
  ];

  return (
    <Spotlight
      actions={actions}
      // In a terminal Ctrl+K belongs to the shell; there the palette has Ctrl+Shift+P.
      shortcut={['mod + K', 'mod + shift + P']}
      tagsToIgnore={['TEXTAREA']}
      highlightQuery
      centered={false}
      yOffset={96}
      overlayProps={{ blur: 0, backgroundOpacity: 0.4 }}
      scrollable
      maxHeight={420}
      nothingFound={t('app.paletteNothing')}
      transitionProps={{ duration: 120 }}
      searchProps={{
        leftSection: <Search {...iconProps} />,
        placeholder: t('app.paletteHint'),
        'aria-label': t('app.palette'),
      }}
    />
  );
}
