import { ActionIcon, Switch, TextInput, Tooltip } from '@mantine/core';
import { ChevronDown, ChevronUp, Copy, Download, Filter, Regex, Search, type LucideIcon } from 'lucide-react';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { useAction } from '../../app/backend';
import { showDone } from '../../app/toasts';
import { saveFile } from '../../ui/save-file';
import type { Pattern } from './finder';
import type { LogBuffer } from './LogBuffer';
import type { Search as Wish } from './pattern';
import type { Matches } from './useLogSearch';

/** Id of the search field, for the key that leads to it. */
export const SEARCH_FIELD = 'sb-log-search';

interface LogToolbarProps {
  /** Which log it is. */
  readonly lead: ReactNode;
  readonly search: Wish;
  readonly onSearch: (part: Partial<Wish>) => void;
  readonly follow: boolean;
  readonly onFollow: (on: boolean) => void;
  readonly pattern: Pattern;
  readonly matches: Matches;
  /** Index of the chosen match. */
  readonly at: number;
  readonly onStep: (delta: number) => void;
  readonly buffer: LogBuffer;
  readonly fileName: string;
}

export function LogToolbar(props: LogToolbarProps) {
  const { t } = useTranslation();
  const { search, onSearch, pattern, matches, at, buffer } = props;
  const copy = useAction(async () => {
    await navigator.clipboard.writeText(buffer.parts().join(''));
    showDone(t('logs.copied', { lines: (buffer.next - buffer.first).toLocaleString() }));
  });
  const found = matches.lines.length;
  const mistake = pattern.state === 'bad' ? t(`logs.badRegex.${pattern.why}`, { reason: pattern.reason }) : undefined;
  return (
    <div className="sb-logs__bar" role="toolbar" aria-label={t('logs.source')}>
      {props.lead}
      <div className="sb-logs__search">
        <TextInput
          id={SEARCH_FIELD}
          size="xs"
          type="search"
          aria-label={t('logs.search')}
          placeholder={t('logs.searchHint')}
          leftSection={<Search size={14} aria-hidden />}
          value={search.typed}
          error={pattern.state === 'bad'}
          onChange={(event) => onSearch({ typed: event.currentTarget.value })}
          onKeyDown={(event) => {
            if (event.key === 'Enter') props.onStep(event.shiftKey ? -1 : 1);
            else if (event.key === 'Escape') onSearch({ typed: '' });
          }}
        />
        <Toggle
          icon={Regex}
          label={t('logs.regex')}
          on={search.asRegex}
          onToggle={(asRegex) => onSearch({ asRegex })}
        />
        <Toggle icon={Filter} label={t('logs.only')} on={search.only} onToggle={(only) => onSearch({ only })} />
        <span className="sb-logs__count sb-num" role="status" title={mistake}>
          {mistake}
          {pattern.state === 'good' &&
            (found === 0
              ? !matches.searching && t('logs.matchesNone')
              : t('logs.matches', { at: (at + 1).toLocaleString(), of: found.toLocaleString() }))}
        </span>
        <Press icon={ChevronUp} label={t('logs.previous')} disabled={found === 0} onPress={() => props.onStep(-1)} />
        <Press icon={ChevronDown} label={t('logs.next')} disabled={found === 0} onPress={() => props.onStep(1)} />
      </div>
      <div className="sb-logs__end">
        <span className="sb-dim sb-num sb-logs__lines">{t('logs.lines', { count: buffer.next - buffer.first })}</span>
        <Switch
          size="xs"
          label={t('logs.follow')}
          checked={props.follow}
          onChange={(event) => props.onFollow(event.currentTarget.checked)}
        />
        <Press icon={Copy} label={t('logs.copy')} onPress={() => void copy.run()} />
        <Press
          icon={Download}
          label={t('logs.save')}
          onPress={() => saveFile(props.fileName, buffer.parts(), 'text/plain')}
        />
      </div>
    </div>
  );
}

interface PressProps {
  readonly icon: LucideIcon;
  readonly label: string;
  readonly disabled?: boolean;
  readonly onPress: () => void;
}

function Press({ icon: Icon, label, disabled = false, onPress }: PressProps) {
  return (
    <Tooltip label={label}>
      <ActionIcon aria-label={label} disabled={disabled} onClick={onPress}>
        <Icon size={16} aria-hidden />
      </ActionIcon>
    </Tooltip>
  );
}

interface ToggleProps {
  readonly icon: LucideIcon;
  readonly label: string;
  readonly on: boolean;
  readonly onToggle: (on: boolean) => void;
}

function Toggle({ icon: Icon, label, on, onToggle }: ToggleProps) {
  return (
    <Tooltip label={label}>
      <ActionIcon
        aria-label={label}
        aria-pressed={on}
        variant={on ? 'light' : 'subtle'}
        color={on ? 'accent' : 'gray'}
        onClick={() => onToggle(!on)}
      >
        <Icon size={16} aria-hidden />
      </ActionIcon>
    </Tooltip>
  );
}
