import { array, assert, constantFrom, property, string } from 'fast-check';
import { describe, expect, it } from 'vitest';
import { applyEdits, diffConfig, keepMine, settleEdits, type ConfigEdit } from '../../main/contract/config-edits';

const GENERATED = `# Written by Stackbox.
[[local|localrc]]

HOST_IP={{ADDRESS}}
LOGFILE=/opt/stack/logs/stack.sh.log

SERVICE_TIMEOUT=120
API_WORKERS=2

disable_all_services
enable_service key mysql rabbit
enable_service horizon
`;

function edited(...replacements: readonly (readonly [string, string])[]): ConfigEdit[] {
  const text = replacements.reduce((so, [from, to]) => so.replace(from, () => to), GENERATED);
  expect(text).not.toBe(GENERATED);
  return diffConfig(GENERATED, text);
}

describe('edits of a generated file', () => {
  it('are what was changed, with the lines around it', () => {
    expect(edited(['API_WORKERS=2', 'API_WORKERS=4'])).toEqual([
      {
        line: 8,
        before: ['LOGFILE=/opt/stack/logs/stack.sh.log', '', 'SERVICE_TIMEOUT=120'],
        remove: ['API_WORKERS=2'],
        add: ['API_WORKERS=4'],
        after: ['', 'disable_all_services', 'enable_service key mysql rabbit'],
      },
    ]);
    expect(diffConfig(GENERATED, GENERATED)).toEqual([]);
    expect(diffConfig(GENERATED, `\u{FEFF}${GENERATED.replaceAll('\n', '\r\n')}`)).toEqual([]);
  });

  it('give the very text that they were made of, whatever it is', () => {
    const lines = array(constantFrom('', 'a', 'b', 'A=1', 'A=2', '[[x|y]]', ' '), { maxLength: 14 });
    assert(
      property(lines, lines, (from, to) => {
        const [generated, wanted] = [from, to].map((text) => text.map((line) => `${line}\n`).join(''));
        const { text, conflicts, idle } = applyEdits(generated ?? '', diffConfig(generated ?? '', wanted ?? ''));
        expect(text).toBe(wanted);
        expect([conflicts, idle]).toEqual([[], []]);
      }),
      { numRuns: 2000 },
    );
  });

  it('survive a form that changes elsewhere', () => {
    const edits = edited(
      ['API_WORKERS=2', 'API_WORKERS=4'],
      ['enable_service horizon\n', 'enable_service horizon\n\n[[post-config|$NOVA_CONF]]\n[DEFAULT]\ndebug = True\n'],
    );
    const changed = GENERATED.replace('SERVICE_TIMEOUT=120', 'SERVICE_TIMEOUT=600')
      .replace('LOGFILE', 'GIT_DEPTH=1\nLOGFILE')
      .concat('enable_service tempest\n');
    const { text, conflicts } = applyEdits(changed, edits);
    expect(conflicts).toEqual([]);
    expect(text).toContain('SERVICE_TIMEOUT=600\nAPI_WORKERS=4\n');
    // What was written at the end stays there: a generated line must not get into a section of the person's own.
    expect(text).toMatch(/enable_service tempest\n\n\[\[post-config\|\$NOVA_CONF\]\]\n\[DEFAULT\]\ndebug = True\n$/);
  });

  it('stay beside a line that is still there, when others around it have changed', () => {
    const edits = edited(['SERVICE_TIMEOUT=120\n', 'SERVICE_TIMEOUT=120\nMY_OWN=1\n']);
    const changed = GENERATED.replace('SERVICE_TIMEOUT=120\nAPI_WORKERS=2\n', 'SERVICE_TIMEOUT=9\nAPI_WORKERS=9\n');
    const { text, conflicts } = applyEdits(changed, edits);
    expect(conflicts).toEqual([]);
    expect(text.match(/MY_OWN=1/g)).toHaveLength(1);
  });

  it('are a conflict where the form now says something else, and the text keeps what the form says', () => {
    const edits = edited(['SERVICE_TIMEOUT=120', 'SERVICE_TIMEOUT=300']);
    const changed = GENERATED.replace('SERVICE_TIMEOUT=120', 'SERVICE_TIMEOUT=600');
    const { text, conflicts } = applyEdits(changed, edits);
    expect(text).toBe(changed);
    expect(conflicts).toMatchObject([{ edit: edits[0], now: ['SERVICE_TIMEOUT=600'], line: 7 }]);
    // The form goes back: so does the conflict.
    expect(applyEdits(GENERATED, edits).conflicts).toEqual([]);
  });

  it('are settled by the person, for what they wrote', () => {
    const edits = edited(['SERVICE_TIMEOUT=120', 'SERVICE_TIMEOUT=300'], ['API_WORKERS=2', 'API_WORKERS=4']);
    const changed = GENERATED.replace('SERVICE_TIMEOUT=120\nAPI_WORKERS=2', 'SERVICE_TIMEOUT=600\n\nAPI_WORKERS=2');
    const { conflicts } = applyEdits(changed, edits);
    const kept = conflicts.reduce((so, { edit }) => keepMine(changed, so, edit), edits);
    const { text, conflicts: left } = applyEdits(changed, kept);
    expect(left).toEqual([]);
    expect(text).toContain('SERVICE_TIMEOUT=300\n');
    expect(text).not.toContain('SERVICE_TIMEOUT=600');
  });

  it('whose place is gone altogether are a conflict too, and come last when they are kept', () => {
    const edits = edited(['enable_service horizon', 'enable_service horizon c-bak']);
    const changed = '[[local|localrc]]\nA=1\n';
    expect(applyEdits(changed, edits).conflicts).toMatchObject([{ now: [], line: 3 }]);
    expect(settleEdits(changed, edits)).toBe('[[local|localrc]]\nA=1\nenable_service horizon c-bak\n');
  });

  it('lose nothing when nobody can be asked: the person’s lines win', () => {
    const edits = edited(['SERVICE_TIMEOUT=120', 'SERVICE_TIMEOUT=300']);
    const changed = GENERATED.replace('SERVICE_TIMEOUT=120', 'SERVICE_TIMEOUT=1800');
    expect(settleEdits(changed, edits)).toBe(GENERATED.replace('=120', '=300'));
  });

  it('that take away what is not there any more wait until it comes back', () => {
    const edits = edited(['enable_service horizon\n', '']);
    const without = GENERATED.replace('enable_service horizon\n', '');
    expect(applyEdits(without, edits)).toEqual({ text: without, conflicts: [], idle: edits });
    expect(applyEdits(GENERATED, edits)).toEqual({ text: without, conflicts: [], idle: [] });
  });

  it('that want the same lines do not both get them', () => {
    const [edit] = edited(['API_WORKERS=2', 'API_WORKERS=4']);
    if (!edit) throw new Error('no edit');
    const { text, conflicts } = applyEdits(GENERATED, [edit, { ...edit, add: ['API_WORKERS=8'] }]);
    expect(text).toContain('API_WORKERS=4\n');
    expect(conflicts).toHaveLength(1);
  });

  it('never lose a line of the person’s own, however the form changes', () => {
    const lines = array(constantFrom('', 'a', 'b', 'A=1', 'A=2', 'B=1'), { maxLength: 10 });
    const text = (list: string[]): string => list.map((line) => `${line}\n`).join('');
    assert(
      property(lines, lines, string(), (from, to, own) => {
        const mine = `own ${own.replaceAll(/[\r\n]/g, '')}`;
        const edits = diffConfig(text(from), text([...from.slice(0, 3), mine, ...from.slice(4)]));
        const { text: shown, conflicts } = applyEdits(text(to), edits);
        const inConflict = conflicts.some(({ edit }) => edit.add.includes(mine));
        expect(shown.split('\n').includes(mine)).toBe(!inConflict);
        expect(settleEdits(text(to), edits).split('\n')).toContain(mine);
      }),
      { numRuns: 2000 },
    );
  });

  it('of a very long text are found in a moment', () => {
    const long = Array.from({ length: 5000 }, (_, index) => `A${index}=1\n`).join('');
    const other = Array.from({ length: 5000 }, (_, index) => `B${index}=1\n`).join('');
    expect(applyEdits(long, diffConfig(long, other)).text).toBe(other);
  });
});
