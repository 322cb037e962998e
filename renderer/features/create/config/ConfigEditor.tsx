import { ActionIcon, Tooltip } from '@mantine/core';
import { defaultKeymap, history, historyKeymap } from '@codemirror/commands';
import { forceLinting, linter, lintGutter, lintKeymap } from '@codemirror/lint';
import { highlightSelectionMatches, openSearchPanel, search, searchKeymap } from '@codemirror/search';
import { EditorState, StateEffect, Transaction, type Text } from '@codemirror/state';
import {
  EditorView,
  drawSelection,
  highlightActiveLine,
  highlightActiveLineGutter,
  highlightSpecialChars,
  hoverTooltip,
  keymap,
  lineNumbers,
} from '@codemirror/view';
import { Search } from 'lucide-react';
import { useEffect, useId, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { applyEdits, diffConfig, type ConfigEdit } from '../../../../main/contract/config-edits';
import type { ConfigFinding, Configuration } from '../../../../main/contract/configuration';
import { CopyButton } from '../../../ui/CopyButton';
import { FindingList } from './FindingList';
import { applyFix, diagnosticsOf, replaceText } from './fixes';
import { configurationLanguage } from './language';
import { look } from './look';
import type { Check } from './useConfiguration';

/** The form has changed what the text is checked against. */
const checkAgain = StateEffect.define();

interface ConfigEditorProps {
  readonly fileName: string;
  readonly configuration: Pick<Configuration, 'generated' | 'placeholders'>;
  readonly edits: readonly ConfigEdit[];
  readonly onChange: (edits: ConfigEdit[]) => void;
  readonly check: Check;
}

/** The generated text with the person's edits, to be edited: what is changed here becomes the edits of the plan. */
export function ConfigEditor(props: ConfigEditorProps) {
  const { fileName, configuration, edits, check } = props;
  const { generated } = configuration;
  const { t } = useTranslation();
  const hint = useId();
  const host = useRef<HTMLDivElement>(null);
  const view = useRef<EditorView>(undefined);
  // The editor lives longer than one drawing of this component, and always answers to the last.
  const latest = useRef(props);
  const marks = useRef<readonly ConfigFinding[]>([]);
  const shown = useRef(generated);
  const asked = useRef(check);
  const [found, setFound] = useState<{ findings: readonly ConfigFinding[]; doc: Text | undefined }>({
    findings: [],
    doc: undefined,
  });
  const [text, setText] = useState(() => applyEdits(generated, edits).text);

  useEffect(() => {
    latest.current = props;
  });

  useEffect(() => {
    const parent = host.current;
    if (parent === null) return undefined;
    const first = latest.current;
    const editor = new EditorView({
      parent,
      state: EditorState.create({
        doc: applyEdits(first.configuration.generated, first.edits).text,
        extensions: [
          lineNumbers(),
          lintGutter(),
          history(),
          drawSelection(),
          highlightSpecialChars(),
          highlightActiveLine(),
          highlightActiveLineGutter(),
          highlightSelectionMatches(),
          search({ top: true }),
          configurationLanguage,
          look,
          hoverTooltip((at, position) => placeholderAt(at, position, latest.current.configuration.placeholders)),
          linter(
            async ({ state: { doc } }) => {
              const findings = await latest.current.check(doc.toString());
              // Without an answer, as while the form is wrong, the marks of before stay as far as their lines are there.
              if (findings === undefined) return diagnosticsOf(marks.current, doc);
              marks.current = findings;
              setFound({ findings, doc });
              return diagnosticsOf(findings, doc);
            },
            {
              delay: 300,
              needsRefresh: ({ transactions }) =>
                transactions.some(({ effects }) => effects.some((effect) => effect.is(checkAgain))),
            },
          ),
          // Tab is nobody's here: it leads on to the next field, as everywhere in the form.
          keymap.of([...defaultKeymap, ...historyKeymap, ...searchKeymap, ...lintKeymap]),
          EditorState.phrases.of(t('configuration.phrases', { returnObjects: true })),
          EditorView.contentAttributes.of({
            'aria-label': first.fileName,
            'aria-describedby': hint,
            spellcheck: 'false',
            autocorrect: 'off',
            autocapitalize: 'off',
          }),
          EditorView.updateListener.of(({ docChanged, state, transactions }) => {
            if (!docChanged) return;
            const now = state.doc.toString();
            setText(now);
            if (transactions.every((transaction) => transaction.annotation(Transaction.remote) === true)) return;
            const { configuration: current, edits: before, onChange } = latest.current;
            const { conflicts, idle } = applyEdits(current.generated, before);
            onChange([...diffConfig(current.generated, now), ...conflicts.map(({ edit }) => edit), ...idle]);
          }),
        ],
      }),
    });
    view.current = editor;
    return () => {
      view.current = undefined;
      editor.destroy();
    };
  }, [hint, t]);

  useEffect(() => {
    const editor = view.current;
    if (editor === undefined) return;
    // What the form changed is taken back in the form; what was reset or settled, also with Ctrl+Z here.
    const undo = shown.current === generated;
    shown.current = generated;
    const wanted = applyEdits(generated, edits).text;
    const now = editor.state.doc.toString();
    // The last line may be without its line break while somebody types there.
    if (wanted !== now && wanted !== `${now}\n`) replaceText(editor, wanted, { undo });
    if (asked.current !== check || !undo) editor.dispatch({ effects: checkAgain.of(null) });
    asked.current = check;
  }, [generated, edits, check]);

  const lineOf = (finding: ConfigFinding): void => {
    const editor = view.current;
    if (editor === undefined || finding.line > editor.state.doc.lines) return;
    const { from } = editor.state.doc.line(finding.line);
    editor.dispatch({ selection: { anchor: from }, effects: EditorView.scrollIntoView(from, { y: 'center' }) });
    editor.focus();
  };
  const mend = (finding: ConfigFinding): void => {
    const editor = view.current;
    if (editor === undefined || finding.fix === undefined || found.doc === undefined) return;
    applyFix(editor, finding.fix, found.doc);
    forceLinting(editor);
    editor.focus();
  };

  return (
    <>
      <div className="sb-config__editor">
        <div className="sb-config__tools">
          <Tooltip label={t('configuration.search')}>
            <ActionIcon
              size="sm"
              aria-label={t('configuration.search')}
              onClick={() => {
                if (view.current !== undefined) openSearchPanel(view.current);
              }}
            >
              <Search size={14} aria-hidden />
            </ActionIcon>
          </Tooltip>
          <CopyButton value={text} label={t('configuration.copy', { file: fileName })} />
        </div>
        <div ref={host} />
      </div>
      <p className="sb-dim sb-config__keys" id={hint}>
        {t('configuration.keys')}
      </p>
      <FindingList findings={found.findings} onShow={lineOf} onMend={mend} />
    </>
  );
}

/** What will stand in the place of a placeholder, when the mouse rests on it. */
function placeholderAt({ state }: EditorView, position: number, placeholders: Configuration['placeholders']) {
  const line = state.doc.lineAt(position);
  for (const match of line.text.matchAll(/\{\{([A-Z][A-Z0-9_]*)\}\}/g)) {
    const from = line.from + match.index;
    const to = from + match[0].length;
    const meaning = placeholders.find(({ name }) => name === match[1])?.meaning;
    if (meaning === undefined || position < from || position > to) continue;
    const dom = document.createElement('div');
    dom.className = 'sb-config__meaning';
    dom.textContent = meaning;
    return { pos: from, end: to, above: true, create: () => ({ dom }) };
  }
  return null;
}
