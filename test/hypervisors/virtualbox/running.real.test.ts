/** The contract once more, with machines that run: the stand-in starts them by QEMU, all else is the real VBoxManage. */
import { describe, it } from 'vitest';
import { whyNoVirtualBox } from '../../virtualbox/workbench';
import { driverContract } from '../contract';
import { openVirtualBox } from './bench';

const why = await whyNoVirtualBox();

if (why === undefined) {
  driverContract('VirtualBox with running machines', () => openVirtualBox({ standIn: true }), {
    start: true,
    files: true,
  });
} else {
  describe('VirtualBox with running machines', () => {
    it.skip(`keeps the driver’s contract (${why})`, () => undefined);
  });
}
