/**
 * The contract on the real VBoxManage. Where the kernel module is missing, the stand-in starts and controls machines by
 * QEMU; every other command is VirtualBox's own.
 */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createVirtualBoxDriver } from '../../../main/hypervisors/virtualbox';
import { openWorkbench, whyNoVirtualBox, type Workbench } from '../../virtualbox/workbench';
import { driverContract } from '../contract';
import { openVirtualBox } from './bench';

const why = await whyNoVirtualBox();

if (why === undefined) {
  driverContract('VirtualBox', () => openVirtualBox({ standIn: true }), {
    start: true,
    noMemory: "the stand-in's machines run outside of VirtualBox, which takes their snapshots without a memory",
    files: true,
  });
}

describe.skipIf(why !== undefined)(
  `VirtualBox without its kernel module${why === undefined ? '' : ` (${why})`}`,
  () => {
    let bench: Workbench;
    beforeAll(async () => {
      bench = await openWorkbench();
    });
    afterAll(() => bench.close());

    it('is not usable, and says what is missing and since which version', async () => {
      const facts = await createVirtualBoxDriver({ program: bench.program, dataFolder: bench.folder }).probe();
      expect(facts).toMatchObject({ usable: false, version: expect.stringMatching(/^[67]\.\d+\.\d+$/) as string });
      expect(facts.reason).toContain('kernel module is not loaded');
    });
  },
);
