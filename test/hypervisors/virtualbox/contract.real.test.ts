/** The contract on the real VBoxManage. Without the kernel module it does everything but start a machine. */
import { describe, it } from 'vitest';
import { whyNoVirtualBox } from '../../virtualbox/workbench';
import { driverContract } from '../contract';
import { openVirtualBox } from './bench';

const why = await whyNoVirtualBox();

if (why === undefined) {
  driverContract('VirtualBox', () => openVirtualBox(), {
    start: false,
    usable: false,
    files: true,
    because: 'VirtualBox cannot start machines without its kernel module',
  });
} else {
  describe('VirtualBox', () => {
    it.skip(`keeps the driver’s contract (${why})`, () => undefined);
  });
}
