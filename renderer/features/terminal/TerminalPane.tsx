import { Button, Menu, useComputedColorScheme } from '@mantine/core';
import { spotlight } from '@mantine/spotlight';
import { Unplug } from 'lucide-react';
import { useEffect, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useStore } from 'zustand';
import { useAction } from '../../app/backend';
import { preferences, TERMINAL_FONT, usePreference } from '../../app/preferences';
import { terminalColours } from './colours';
import { hasRealGpu } from './gpu';
import { keyAction } from './keys';
import { TerminalSearch } from './TerminalSearch';
import type { TerminalSession } from './session';

interface Point {
  readonly x: number;
  readonly y: number;
}

/** One terminal in sight: its screen, its menu, its search, and the word when its connection is lost. */
export function TerminalPane({ session, title }: { session: TerminalSession; title: string }) {
  const { t } = useTranslation();
  const frame = useRef<HTMLDivElement>(null);
  const status = useStore(session.status);
  const fontSize = usePreference('terminalFontSize');
  const scheme = useComputedColorScheme('light');
  const [searching, setSearching] = useState(false);
  const [menu, setMenu] = useState<Point | undefined>();
  const reconnect = useAction(() => session.reconnect());
  const { terminal } = session;

  useEffect(() => {
    const parent = frame.current;
    if (parent === null) return undefined;
    session.attach(parent);
    terminal.focus();
    const observer = new ResizeObserver(() => session.fit.fit());
    observer.observe(parent);
    return () => {
      observer.disconnect();
      session.detach();
    };
  }, [session, terminal]);

  useEffect(() => {
    session.setTheme(terminalColours[scheme]);
  }, [session, scheme]);

  useEffect(() => {
    session.setFontSize(fontSize);
  }, [session, fontSize]);

  useEffect(() => {
    if (!hasRealGpu()) return undefined;
    let addon: { dispose: () => void } | undefined;
    let gone = false;
    const draw = async (): Promise<void> => {
      const { WebglAddon } = await import('@xterm/addon-webgl');
      if (gone) return;
      const webgl = new WebglAddon();
      // A context that the system takes away leaves the plain renderer, which always works.
      webgl.onContextLoss(() => webgl.dispose());
      terminal.loadAddon(webgl);
      addon = webgl;
    };
    // Without it the terminal is drawn as plain HTML, only slower.
    draw().catch(() => undefined);
    return () => {
      gone = true;
      addon?.dispose();
    };
  }, [terminal]);

  useEffect(() => {
    terminal.attachCustomKeyEventHandler((event) => {
      const action = event.type === 'keydown' ? keyAction(event) : undefined;
      switch (action) {
        case undefined:
          return true;
        case 'copy':
          event.preventDefault();
          if (terminal.hasSelection()) void navigator.clipboard.writeText(terminal.getSelection());
          return false;
        case 'paste':
          // Left to the browser: its own paste needs no permission and reaches the terminal as a paste event.
          return false;
        case 'search':
          event.preventDefault();
          setSearching(true);
          return false;
        case 'palette':
          event.preventDefault();
          spotlight.open();
          return false;
        case 'leave':
          event.preventDefault();
          document.querySelector<HTMLElement>('[role="tab"][aria-selected="true"]')?.focus();
          return false;
      }
    });
  }, [terminal]);

  const paste = useAction(async () => {
    session.paste(await navigator.clipboard.readText());
    terminal.focus();
  });
  const resizeText = (delta: number): void => {
    const size = Math.min(TERMINAL_FONT.max, Math.max(TERMINAL_FONT.min, fontSize + delta));
    preferences.setState({ terminalFontSize: size });
  };

  return (
    <div className="sb-term__pane" data-scheme={scheme}>
      {searching && <TerminalSearch session={session} onClose={() => setSearching(false)} />}
      {/* oxlint-disable-next-line jsx-a11y/no-noninteractive-element-interactions -- the menu is also in the keyboard's reach: all it does has a key */}
      <div
        ref={frame}
        className="sb-term__frame"
        role="region"
        aria-label={t('terminal.screen', { title })}
        onContextMenu={(event) => {
          event.preventDefault();
          setMenu({ x: event.clientX, y: event.clientY });
        }}
      />
      <Menu
        opened={menu !== undefined}
        onClose={() => {
          setMenu(undefined);
          terminal.focus();
        }}
        position="bottom-start"
        offset={0}
      >
        <Menu.Target>
          <span className="sb-term__anchor" style={{ left: menu?.x ?? 0, top: menu?.y ?? 0 }} />
        </Menu.Target>
        <Menu.Dropdown aria-label={t('terminal.menu')}>
          <Menu.Item
            disabled={!terminal.hasSelection()}
            onClick={() => void navigator.clipboard.writeText(terminal.getSelection())}
          >
            {t('terminal.copy')}
          </Menu.Item>
          <Menu.Item onClick={() => void paste.run()}>{t('terminal.paste')}</Menu.Item>
          <Menu.Item onClick={() => terminal.selectAll()}>{t('terminal.selectAll')}</Menu.Item>
          <Menu.Divider />
          <Menu.Item onClick={() => setSearching(true)}>{t('terminal.search')}</Menu.Item>
          <Menu.Item closeMenuOnClick={false} onClick={() => resizeText(1)}>
            {t('terminal.bigger')}
          </Menu.Item>
          <Menu.Item closeMenuOnClick={false} onClick={() => resizeText(-1)}>
            {t('terminal.smaller')}
          </Menu.Item>
          <Menu.Item onClick={() => terminal.clear()}>{t('terminal.clear')}</Menu.Item>
        </Menu.Dropdown>
      </Menu>
      <div role="status">
        {status.state === 'lost' && (
          <div className="sb-bar sb-bar--attention sb-term__lost">
            <Unplug size={15} aria-hidden />
            <span>
              {status.message === '' ? t('terminal.lost') : status.message}{' '}
              <span className="sb-dim">{t('terminal.lostHint')}</span>
            </span>
            <Button size="compact-sm" loading={reconnect.busy} onClick={() => void reconnect.run()}>
              {t('terminal.reconnect')}
            </Button>
          </div>
        )}
        {status.state === 'ended' && (
          <div className="sb-bar sb-term__lost">
            <span>{status.message === '' ? t('terminal.ended') : status.message}</span>
          </div>
        )}
      </div>
    </div>
  );
}
