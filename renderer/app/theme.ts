import {
  ActionIcon,
  Button,
  createTheme,
  type MantineColorsTuple,
  Menu,
  Modal,
  Paper,
  Popover,
  Tabs,
  Tooltip,
} from '@mantine/core';

/** The one accent: what can be pressed, and what is at work. */
const accent: MantineColorsTuple = [
  '#eef1ff',
  '#dde2fd',
  '#b9c2f7',
  '#929ff2',
  '#7281ed',
  '#5c6cea',
  '#4f5fe0',
  '#4150c6',
  '#3846b1',
  '#2d3a9c',
];

/** Greys of the dark scheme: text (0) to the ground (9), slightly blue so that the accent belongs to them. */
const dark: MantineColorsTuple = [
  '#dfe3ea',
  '#b9c0cc',
  '#8f98a8',
  '#6b7484',
  '#363d49',
  '#2a303a',
  '#1c2129',
  '#14181e',
  '#0f1217',
  '#0a0c10',
];

export const MONO =
  'ui-monospace, "SF Mono", "Cascadia Mono", "JetBrains Mono", Menlo, Consolas, "DejaVu Sans Mono", monospace';

const MOVE_MS = 120;

export const theme = createTheme({
  primaryColor: 'accent',
  primaryShade: { light: 6, dark: 5 },
  colors: { accent, dark },
  defaultRadius: 'md',
  fontFamilyMonospace: MONO,
  respectReducedMotion: true,
  cursorType: 'pointer',
  fontSizes: { xs: '0.75rem', sm: '0.8125rem', md: '0.875rem', lg: '1rem', xl: '1.25rem' },
  spacing: { xs: '0.5rem', sm: '0.75rem', md: '1rem', lg: '1.5rem', xl: '2rem' },
  radius: { xs: '3px', sm: '4px', md: '6px', lg: '10px', xl: '14px' },
  components: {
    Button: Button.extend({ defaultProps: { size: 'sm' } }),
    ActionIcon: ActionIcon.extend({ defaultProps: { variant: 'subtle', color: 'gray' } }),
    Tooltip: Tooltip.extend({ defaultProps: { openDelay: 300, transitionProps: { duration: MOVE_MS } } }),
    Popover: Popover.extend({ defaultProps: { shadow: 'md', transitionProps: { duration: MOVE_MS } } }),
    Menu: Menu.extend({ defaultProps: { shadow: 'md', transitionProps: { duration: MOVE_MS } } }),
    Modal: Modal.extend({
      defaultProps: {
        transitionProps: { duration: MOVE_MS },
        centered: true,
        overlayProps: { backgroundOpacity: 0.4 },
      },
    }),
    Paper: Paper.extend({ defaultProps: { withBorder: true, radius: 'lg' } }),
    Tabs: Tabs.extend({ defaultProps: { keepMounted: false } }),
  },
});
