import { ActionIcon, TextInput, Tooltip } from '@mantine/core';
import type { ISearchOptions } from '@xterm/addon-search';
import { ChevronDown, ChevronUp, X } from 'lucide-react';
import { useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { TerminalSession } from './session';

/** Marks of matches; the addon takes only #RRGGBB. */
const options: ISearchOptions = {
  decorations: {
    matchBackground: '#7a5f12',
    matchOverviewRuler: '#e9ae4a',
    activeMatchBackground: '#b3541e',
    activeMatchColorOverviewRuler: '#f0707c',
  },
};

/** Search inside a terminal, through all of its history. */
export function TerminalSearch({ session, onClose }: { session: TerminalSession; onClose: () => void }) {
  const { t } = useTranslation();
  const [typed, setTyped] = useState('');
  const [result, setResult] = useState({ at: -1, of: 0 });
  const { search, terminal } = session;
  useEffect(() => {
    const listener = search.onDidChangeResults(({ resultIndex, resultCount }) => {
      setResult({ at: resultIndex, of: resultCount });
    });
    return () => {
      listener.dispose();
      search.clearDecorations();
    };
  }, [search]);
  const close = (): void => {
    onClose();
    terminal.focus();
  };
  const next = (): boolean => search.findNext(typed, options);
  const previous = (): boolean => search.findPrevious(typed, options);
  return (
    <div className="sb-term__search" role="search">
      <TextInput
        size="xs"
        autoFocus
        aria-label={t('terminal.search')}
        placeholder={t('terminal.search')}
        value={typed}
        onChange={(event) => {
          setTyped(event.currentTarget.value);
          search.findNext(event.currentTarget.value, { ...options, incremental: true });
        }}
        onKeyDown={(event) => {
          if (event.key === 'Enter') (event.shiftKey ? previous : next)();
          else if (event.key === 'Escape') close();
        }}
      />
      <span className="sb-num sb-dim" role="status">
        {typed !== '' &&
          (result.of === 0
            ? t('terminal.searchNone')
            : t('terminal.searchResult', { at: result.at + 1, of: result.of }))}
      </span>
      <Press label={t('terminal.searchPrevious')} icon={ChevronUp} onPress={previous} />
      <Press label={t('terminal.searchNext')} icon={ChevronDown} onPress={next} />
      <Press label={t('terminal.searchClose')} icon={X} onPress={close} />
    </div>
  );
}

function Press({ label, icon: Icon, onPress }: { label: string; icon: typeof X; onPress: () => void }) {
  return (
    <Tooltip label={label}>
      <ActionIcon size="sm" aria-label={label} onClick={onPress}>
        <Icon size={15} aria-hidden />
      </ActionIcon>
    </Tooltip>
  );
}
