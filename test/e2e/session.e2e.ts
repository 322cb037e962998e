/** The command line as an ordinary user without any group: libvirt's session connection gives a working machine. */
import { execFile } from 'node:child_process';
import { chmod, chown, mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from '@playwright/test';
import { makeOrdinaryUser, type OrdinaryUser } from '../hypervisors/libvirt/ordinary-user';
import { guestImage } from '../support/guest-image';
import { serveImage, type ImageServer } from './support/image-server';

const execute = promisify(execFile);
const project = resolve(import.meta.dirname, '../..');

let folder: string;
let user: OrdinaryUser;
let images: ImageServer;
/** The project under a path that the user may enter, wherever the checkout lies. */
let window: string;

test.beforeAll(async () => {
  test.skip(process.getuid?.() !== 0, 'only root can make an ordinary user');
  folder = await mkdtemp(join(tmpdir(), 'stackbox-session-'));
  await chmod(folder, 0o755);
  window = join(folder, 'project');
  await mkdir(window);
  await execute('mount', ['--bind', project, window]);
  user = await makeOrdinaryUser();
  images = await serveImage(await guestImage(), folder);
  await chmod(images.catalogue, 0o644);
  await chown(folder, 0, 0);
});

test.afterAll(async () => {
  await user.remove();
  await images.close();
  await execute('umount', [window]);
  await rm(folder, { recursive: true, force: true });
});

async function stackbox(...words: string[]): Promise<{ exitCode: number; stdout: string; stderr: string }> {
  return user.run(process.execPath, [join(window, 'out/main/cli.js'), ...words], {
    STACKBOX_CATALOGUE: images.catalogue,
  });
}

test('create, run a command, stop, start and delete', async () => {
  test.setTimeout(1_800_000);
  const created = await stackbox(
    ...['create', '--name', 'mine', '--recipe', 'plain-machine', '--image', 'debian-12-test'],
    ...['--memory', '1GiB', '--disk', '8GiB'],
  );
  expect(created.stderr + created.stdout).not.toMatch(/error/i);
  expect(created.exitCode).toBe(0);

  const shown = JSON.parse((await stackbox('show', 'mine', '--json')).stdout) as {
    ready: boolean;
    plan: { connection: string };
    machines: { ssh: { host: string } }[];
  };
  expect(shown).toMatchObject({
    ready: true,
    plan: { connection: 'libvirt-session' },
    machines: [{ ssh: { host: '127.0.0.1' } }],
  });

  const said = await stackbox('exec', 'mine', '--', 'sh', '-c', 'hostname; echo complaint >&2; exit 1');
  expect(said).toMatchObject({ exitCode: 1, stdout: 'mine\n' });
  expect(said.stderr).toContain('complaint');

  expect((await stackbox('stop', 'mine')).exitCode).toBe(0);
  expect((await stackbox('list', '--json')).stdout).toContain('"stopped"');
  expect((await stackbox('start', 'mine')).exitCode).toBe(0);
  expect((await stackbox('exec', 'mine', '--', 'hostname')).stdout).toBe('mine\n');

  expect((await stackbox('delete', 'mine', '--yes')).exitCode).toBe(0);
  expect((await stackbox('list', '--json')).stdout.trim()).toBe('[]');
  // Asked of libvirt and the file system, not of Stackbox.
  expect((await user.run('virsh', ['-c', 'qemu:///session', 'list', '--all', '--name'])).stdout.trim()).toBe('');
  const left = await execute('find', [
    join(user.home, '.local/share/stackbox'),
    '-name',
    '*.qcow2',
    '-not',
    '-path',
    '*/images/*',
  ]);
  expect(left.stdout).toBe('');
});
