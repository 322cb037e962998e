import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join, resolve } from 'node:path';
import { listPackage } from '@electron/asar';
import { build, Platform, type Configuration } from 'electron-builder';
import { expect, it } from 'vitest';
import { parse } from 'yaml';
import { tempFolder } from '../support/temp';

const root = resolve(import.meta.dirname, '../..');
const require = createRequire(import.meta.url);

/** electron-builder's own check of its schema. It is not among its exports, so the path is that of the pinned version. */
interface Schema {
  validateConfiguration(this: void, config: Configuration, log: { isEnabled: boolean; add(): void }): Promise<void>;
}
const { validateConfiguration } = require(
  require.resolve('app-builder-lib/out/util/config/config', { paths: [require.resolve('electron-builder')] }),
) as Schema;

async function config(): Promise<Configuration> {
  return parse(await readFile(join(root, 'electron-builder.yml'), 'utf8')) as Configuration;
}

it('fits the schema, which refuses what it does not know', async () => {
  const log = { isEnabled: false, add: () => undefined };
  await expect(validateConfiguration(await config(), log)).resolves.toBeUndefined();
  await expect(validateConfiguration({ ...(await config()), asra: true } as Configuration, log)).rejects.toThrow(
    /asra/,
  );
});

it('makes the four packages; the schema does not know the names of targets', async () => {
  const { linux, mac, win } = await config();
  expect([linux?.target, mac?.target, win?.target]).toEqual([['AppImage', 'deb'], ['dmg'], ['nsis']]);
});

it('closes every door that Electron leaves open', async () => {
  expect((await config()).electronFuses).toEqual({
    runAsNode: false,
    enableNodeOptionsEnvironmentVariable: false,
    enableNodeCliInspectArguments: false,
    enableCookieEncryption: true,
    enableEmbeddedAsarIntegrityValidation: true,
    onlyLoadAppFromAsar: true,
    grantFileProtocolExtraPrivileges: false,
  });
});

it('packs the build and its packages, and nothing else, without a network', { timeout: 120_000 }, async () => {
  const folder = await tempFolder();
  const electronDist = join(folder, 'electron');
  await mkdir(join(electronDist, 'resources'), { recursive: true });
  await writeFile(join(electronDist, 'electron'), 'stands in for the binary', { mode: 0o755 });
  const own = await config();
  // Fuses are bits in the real binary, which is not here.
  await build({
    projectDir: root,
    targets: Platform.LINUX.createTarget('dir'),
    config: {
      ...own,
      electronFuses: null,
      electronDist,
      directories: { ...own.directories, output: join(folder, 'dist') },
    },
  });
  const files = listPackage(join(folder, 'dist/linux-unpacked/resources/app.asar'), { isPack: false });
  const tops = new Set(files.map((file) => file.split('/')[1]));
  expect(tops).toEqual(new Set(['node_modules', 'out', 'package.json']));
  const packed = new Set(files.filter((file) => file.startsWith('/node_modules/')).map((file) => file.split('/')[2]));
  expect(packed).toContain('ssh2');
  for (const name of ['react', '@mantine', '@xterm', 'electron', 'vite', 'typescript'])
    expect(packed).not.toContain(name);
});
