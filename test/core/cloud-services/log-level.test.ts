/** The script that reads and changes `debug`, on files as OpenStack's installers write them. */
import { spawnSync } from 'node:child_process';
import { chmod, mkdir, readFile, readdir, stat, symlink, utimes, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { describe, expect, it, test } from 'vitest';
import { tempFolder } from '../../support/temp';

const script = resolve(import.meta.dirname, '../../../main/core/cloud-services/log-level.py');

function run(...words: string[]): { code: number | null; said: unknown; err: string } {
  const { status, stdout, stderr } = spawnSync('python3', ['-I', script, ...words], { encoding: 'utf8' });
  return { code: status, said: stdout === '' ? undefined : JSON.parse(stdout), err: stderr };
}

/** As the generator of samples writes it, with what DevStack's iniset and a person put in. */
const NOVA = `[DEFAULT]
use_syslog = False
debug = True
transport_url = rabbit://stackrabbit:sec=ret@10.0.2.15:5672/
#
# From oslo.log
#

# If set to true, the logging level will be set to DEBUG instead of the default
# INFO level. (boolean value)
# Note: This option can be changed without restarting.
#debug = false
default_log_levels = amqp=WARN,
    debug=True,
  sqlalchemy=WARN

[oslo_messaging_notifications]
debug = no

[DEFAULT]
; a second section counts too, and the last of several options
debug:"on"
instance_name_template = café-%08x
[api_database]
connection = mysql+pymysql://root:secret@127.0.0.1/nova_api?charset=utf8`;

async function file(text: string | Uint8Array, name = 'nova.conf'): Promise<string> {
  const path = join(await tempFolder(), name);
  await writeFile(path, text);
  return path;
}

/** One question for all of them: starting Python is what takes time. */
async function reading(texts: readonly string[]): Promise<unknown> {
  return run('read', ...(await Promise.all(texts.map((text) => file(text))))).said;
}

const READABLE = [
  ['a whole file', NOVA, true],
  ['the last of two', '[DEFAULT]\ndebug=true\ndebug=false\n', false],
  ['any writing', "[DEFAULT]\ndebug:\t'YES'\n", true],
  ['line ends of Windows', '[DEFAULT]\r\ndebug = 1\r\n', true],
  ['a comment', '[DEFAULT]\n#debug = true\n;debug = true\n', null],
  ['another section', '[default]\ndebug = true\n[database]\ndebug = true\n', null],
  ['another option’s value', '[DEFAULT]\nlevels = a\n  debug = true\nDebug = true\n', null],
  ['an empty name of another file', '[DEFAULT]\nlog_config_append =\n', null],
  ['nothing', '', null],
] as const;

const UNCLEAR = [
  ['[DEFAULT]\ndebug = maybe\n', 'neither true nor false'],
  ['[DEFAULT]\ndebug = $verbose\n', 'neither true nor false'],
  ['[DEFAULT]\ndebug = true\n  more\n', 'neither true nor false'],
  ['[DEFAULT]\ndebug\n', 'no option'],
  ['debug = true\n', 'without a name or a heading'],
  ['[DEFAULT]\n= true\n', 'without a name or a heading'],
  ['[DEFAULT]\n\n  debug = true\n', 'goes on with nothing'],
  ['[DEFAULT\ndebug = true\n', 'damaged heading'],
  ['[]\ndebug = true\n', 'damaged heading'],
] as const;

describe('is read', () => {
  test('as the service itself reads it', async () => {
    const answers = await reading(READABLE.map(([, text]) => text));
    const changed = expect.any(Number) as number;
    expect(answers).toEqual(READABLE.map(([, , debug]) => ({ changed, debug })));
  });

  test('with another file that all logging goes by', async () => {
    const text = '[DEFAULT]\ndebug = true\nlog_config_append = /etc/nova/logging.conf\n';
    expect(await reading([text])).toMatchObject([{ debug: true, elsewhere: '/etc/nova/logging.conf' }]);
  });

  test('but never guessed, and what is not understood is not changed', async () => {
    const unclear = UNCLEAR.map(([, why]) => ({ unclear: expect.stringContaining(why) as string }));
    expect(await reading(UNCLEAR.map(([text]) => text))).toEqual(unclear);
    const [text] = UNCLEAR[0];
    const path = await file(text);
    expect(run('set', path, 'true')).toMatchObject({
      code: 1,
      err: `${path} has a debug that is neither true nor false.\n`,
    });
    expect(await readFile(path, 'utf8')).toBe(text);
  });

  test('of several files in their order, with those that are none', async () => {
    const path = await file('[DEFAULT]\n');
    const folder = await tempFolder();
    spawnSync('mkfifo', [join(folder, 'pipe')]);
    expect(
      run('read', join(folder, 'absent'), join(path, 'below'), folder, join(folder, 'pipe'), path).said,
    ).toMatchObject([
      { absent: true },
      { absent: true },
      { unclear: 'is a folder' },
      { unclear: 'is no ordinary file' },
      { debug: null },
    ]);
  });
});

describe('is changed', () => {
  it('in the line that counts, and nowhere else', async () => {
    const path = await file(NOVA);
    expect(run('set', path, 'false')).toMatchObject({ code: 0, said: { changed: true } });
    expect(await readFile(path, 'utf8')).toBe(NOVA.replace('debug:"on"', 'debug:False'));
    expect(run('set', path, 'false').said).toEqual({ changed: false });
    expect(run('set', path, 'true').said).toEqual({ changed: true });
    expect(await readFile(path, 'utf8')).toBe(NOVA.replace('debug:"on"', 'debug:True'));
  });

  test.each([
    [
      'behind the heading',
      '# x\n[DEFAULT]\n#debug = false\n[a]\n',
      '# x\n[DEFAULT]\ndebug = True\n#debug = false\n[a]\n',
    ],
    ['at the end, under a heading of its own', '[a]\nb = c', '[a]\nb = c\n\n[DEFAULT]\ndebug = True\n'],
    ['in an empty file', '', '[DEFAULT]\ndebug = True\n'],
    ['behind a heading without a line end', '[DEFAULT]', '[DEFAULT]\ndebug = True\n'],
    ['with the file’s line ends', '[DEFAULT]\r\na = b\r\n', '[DEFAULT]\r\ndebug = True\r\na = b\r\n'],
    ['in a last line without an end', '[DEFAULT]\ndebug=0', '[DEFAULT]\ndebug=True'],
  ])('%s', async (_where, before, after) => {
    const path = await file(before);
    expect(run('set', path, 'true').said).toEqual({ changed: true });
    expect(await readFile(path, 'utf8')).toBe(after);
  });

  it('byte by byte, also where a file is no UTF-8', async () => {
    const rest = Buffer.from([0x61, 0x3d, 0xff, 0xfe, 0x00, 0x0c, 0x85, 0x0a]);
    const path = await file(Buffer.concat([Buffer.from('[DEFAULT]\ndebug = no \n'), rest]));
    expect(run('set', path, 'true').said).toEqual({ changed: true });
    expect(await readFile(path)).toEqual(Buffer.concat([Buffer.from('[DEFAULT]\ndebug = True\n'), rest]));
  });

  it('through a link, in one go: mode and other names stay, nothing is left beside it', async () => {
    const path = await file(NOVA);
    const folder = await tempFolder();
    await mkdir(join(folder, 'nova.conf.d'));
    const name = join(folder, 'nova.conf.d/also.conf');
    await symlink(path, name);
    await chmod(path, 0o640);
    await utimes(path, 1, 1);
    const before = await stat(path);
    expect(run('set', name, 'false').said).toEqual({ changed: true });
    const after = await stat(path);
    expect([after.mode, after.uid, after.gid]).toEqual([before.mode, before.uid, before.gid]);
    expect(after.mtimeMs).toBeGreaterThan(before.mtimeMs);
    expect(after.ino).not.toBe(before.ino);
    expect([await readdir(join(path, '..')), await readdir(join(name, '..'))]).toEqual([['nova.conf'], ['also.conf']]);
  });

  it('not at all where that cannot be done', async () => {
    const path = await file(NOVA);
    expect(run('set', join(path, '..', 'absent.conf'), 'true')).toMatchObject({
      code: 1,
      err: expect.stringContaining('No such file') as string,
    });
    expect(run('set', path, 'loud').code).not.toBe(0);
    expect(await readFile(path, 'utf8')).toBe(NOVA);
    expect(await readdir(join(path, '..'))).toEqual(['nova.conf']);
  });
});
