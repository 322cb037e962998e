import { describe, expect, test } from 'vitest';
import { addCommands, emptyProjection, project } from '../../renderer/app/projection';
import { href, parseRoute, type Route } from '../../renderer/app/route';
import { planText, readPlan } from '../../renderer/features/create/plan-file';
import { keyAction } from '../../renderer/features/terminal/keys';
import * as format from '../../renderer/ui/format';
import { makeCloud, plan } from '../fakes/fake-data';

describe('numbers as a person reads them', () => {
  test.each([
    [format.formatBytes(231_735_296), '221 MiB'],
    [format.formatMiB(512), '512 MiB'],
    [format.formatMiB(7782), '7.6 GiB'],
    [format.formatGiB(1536), '1.5 TiB'],
    [format.formatDuration(240), '240 ms'],
    [format.formatDuration(724_000), '12 min 4 s'],
    [format.formatElapsed(300), '0 s'],
    [format.formatElapsed(3_900_000), '1 h 5 min'],
    [format.formatLeft(31_000), '40 s'],
    [format.formatLeft(59_900), '1 min'],
    [format.formatLeft(3 * 3_600_000), '3 h'],
    [format.formatShare(0.999), '99 %'],
  ])('%s', (said, wanted) => expect(said).toBe(wanted));

  test('a command to copy survives a shell, whatever is in it', () => {
    expect(format.formatCommand(['echo', "it's $(touch x)", 'a b', 'plain'])).toBe(
      String.raw`echo 'it'\''s $(touch x)' 'a b' plain`,
    );
  });
});

describe('addresses', () => {
  test.each<Route>([
    { page: 'home' },
    { page: 'create' },
    { page: 'cloud', cloudId: 'a/b %', tab: 'logs' },
    { page: 'cloud', cloudId: 'x', tab: undefined },
  ])('lead back to their page: %o', (route) => expect(parseRoute(href(route))).toEqual(route));

  test.each(['', '#/nowhere', '#/clouds/', '#/clouds/%E0%A4%A', '#token=x'])(
    'that name nothing lead home: %s',
    (hash) => {
      expect(parseRoute(hash)).toEqual({ page: 'home' });
    },
  );
});

describe('the projection of events', () => {
  const cloud = makeCloud('a', 'dev', {}, 0);

  test('changes, adds and deletes clouds, and a snapshot replaces everything', () => {
    const one = project(emptyProjection, { type: 'cloud', cloud });
    const changed = project(one, { type: 'cloud', cloud: { ...cloud, status: 'Stopping' } });
    expect(changed.clouds.map(({ status }) => status)).toEqual(['Stopping']);
    const other = makeCloud('b', 'other', {}, 1);
    const fresh = project(changed, { type: 'snapshot', clouds: [other], images: [], findings: [], notices: [] });
    expect(fresh.clouds.map(({ id }) => id)).toEqual(['b']);
    expect(project(fresh, { type: 'cloud-deleted', cloudId: 'b' }).clouds).toEqual([]);
  });

  test('an answer that is older than an event does not undo it', () => {
    const running = { seq: 1, stepId: 's', where: 'host' as const, argv: ['virsh'], startedAt: 0, output: '' };
    const ended = { ...running, durationMs: 5, exitCode: 0 };
    const told = project(emptyProjection, { type: 'command', cloudId: 'a', runId: 'r', command: ended });
    expect(addCommands(told, 'a', 'r', [running]).commands['a']?.list).toEqual([ended]);
    expect(addCommands(told, 'a', 'r2', [running]).commands['a']?.list).toEqual([running]);
  });
});

describe('a plan file', () => {
  test('that was exported is read again as it was', async () => {
    expect(await readPlan(planText(plan))).toEqual({ ok: true, plan });
  });

  test('holds no secret', () => {
    const token = { id: 'token', type: 'secret', label: 'Token', required: true, maxLength: 99 } as const;
    const recipe = { id: 'x', options: { token: 'a-secret-token', debug: true } };
    expect(planText({ ...plan, recipe }, [token])).toContain('"debug": true');
    expect(planText({ ...plan, recipe }, [token])).not.toContain('token');
  });

  test.each([
    ['not JSON', 'name: x', /notJson/],
    ['an unknown key', JSON.stringify({ ...plan, shell: 'rm' }), /shell/],
    ['a negative size', JSON.stringify({ ...plan, size: { ...plan.size, cpus: -1 } }), /size\.cpus/],
    ['a hostile name', JSON.stringify({ ...plan, name: '$(touch x)' }), /name/],
  ])('with %s is refused with its field', async (_what, text, wanted) => {
    const read = await readPlan(text);
    expect(read.ok).toBe(false);
    expect(JSON.stringify(read)).toMatch(wanted);
  });
});

describe('keys of a terminal', () => {
  const key = (code: string, part: Partial<KeyboardEvent>): KeyboardEvent =>
    ({ code, ctrlKey: false, shiftKey: false, altKey: false, metaKey: false, ...part }) as KeyboardEvent;

  test('Ctrl+C and Ctrl+V stay with the program, with Shift they copy and paste', () => {
    expect(keyAction(key('KeyC', { ctrlKey: true }))).toBeUndefined();
    expect(keyAction(key('KeyV', { ctrlKey: true }))).toBeUndefined();
    expect(keyAction(key('KeyC', { ctrlKey: true, shiftKey: true }))).toBe('copy');
    expect(keyAction(key('KeyV', { ctrlKey: true, shiftKey: true }))).toBe('paste');
  });
});
