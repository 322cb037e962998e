/**
 * The contract on the real session connection. root has no session, so run as root this file makes an ordinary user
 * without any group and runs itself again as that user.
 */
import { relative } from 'node:path';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { createLibvirtDriver } from '../../../main/hypervisors/libvirt/driver';
import { filesIn, libvirtInventory, makeBenchFolder, makeForeignDomain } from '../bench';
import { driverContract, type DriverBench } from '../contract';
import { makeOrdinaryUser } from './ordinary-user';

const URI = 'qemu:///session';

/** What vitest says of the run as the other user; what failed there has to be known here. */
const reportSchema = z.object({
  success: z.boolean(),
  numPassedTests: z.number(),
  numPendingTests: z.number(),
  testResults: z.array(
    z.object({
      assertionResults: z.array(
        z.object({ fullName: z.string(), status: z.string(), failureMessages: z.array(z.string()) }),
      ),
    }),
  ),
});

/** Tests in this file that an ordinary user skips. */
const ROOTS_OWN = 2;

const asRoot = process.getuid?.() === 0;

describe.runIf(asRoot)('libvirt (session), started by root', () => {
  it('says that root has no session', async () => {
    const driver = createLibvirtDriver({ connection: 'libvirt-session', dataFolder: '/nonexistent' });
    expect(await driver.probe()).toMatchObject({ usable: false });
  });

  it('keeps the contract for a freshly made ordinary user without any group', async () => {
    const user = await makeOrdinaryUser();
    try {
      const vitest = ['node_modules/vitest/vitest.mjs', 'run', '--configLoader', 'runner', '--reporter', 'json'];
      const project = ['--config', 'test/vitest.config.ts', '--project', 'contracts'];
      const file = relative(process.cwd(), import.meta.filename);
      const { stdout, stderr } = await user.run(process.execPath, [...vitest, ...project, file], {
        STACKBOX_TEST_FOLDER: user.home,
      });
      const report = reportSchema.parse(JSON.parse(stdout.slice(stdout.indexOf('{'))));
      const all = report.testResults.flatMap(({ assertionResults }) => assertionResults);
      const failed = all.filter(({ status }) => status === 'failed');
      expect({ failed, stderr }).toMatchObject({ failed: [] });
      expect(report).toMatchObject({ success: true, numPendingTests: ROOTS_OWN });
      expect(report.numPassedTests).toBeGreaterThan(30);
    } finally {
      await user.remove();
    }
  });
});

// oxlint-disable-next-line vitest/no-conditional-tests -- it runs as one user or the other, never as both
if (!asRoot) driverContract('libvirt (session)', openSession, { start: true, files: true });

async function openSession(): Promise<DriverBench> {
  const { folder, image, removeFolder } = await makeBenchFolder(process.env['STACKBOX_TEST_FOLDER']);
  return {
    driver: createLibvirtDriver({ connection: 'libvirt-session', dataFolder: folder }),
    folder,
    image,
    makeForeign: (name) => makeForeignDomain(URI, 'qemu', name, folder),
    inventory: async () => [...(await libvirtInventory(URI)), ...(await filesIn(folder))],
    close: removeFolder,
  };
}
