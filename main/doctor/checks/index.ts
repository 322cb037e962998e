/** All checks, in the order in which the window shows them. A new check is one file here and one line below. */
import type { Check } from '../check';
import { acceleration } from './acceleration';
import { disk } from './disk';
import { groups } from './groups';
import { hypervisor } from './hypervisor';
import { kvmConflict } from './kvm-conflict';
import { memory } from './memory';
import { network } from './network';
import { platform } from './platform';
import { tools } from './tools';
import { virtualbox } from './virtualbox';

export const checks: readonly Check[] = [
  hypervisor,
  acceleration,
  memory,
  disk,
  tools,
  groups,
  network,
  virtualbox,
  kvmConflict,
  platform,
];
