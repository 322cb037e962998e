import type { Finding } from '../../../main/contract/models';

const state = {
  ok: 'OK',
  warning: 'Warning',
  problem: 'Problem',
  unknown: 'Unknown',
} as const satisfies Record<Finding['state'], string>;

export const doctor = {
  title: 'Doctor',
  lead: 'What Stackbox needs from this computer, what it found, and the command that cures what is missing.',
  state,
  checkAgain: 'Check again',
  checked: 'Checked again: {{summary}}',
  evidence: 'Evidence',
  details: 'Details of {{title}}',
  fixRoot: 'needs administrator rights',
  fixUser: 'needs no special rights',
  groups: { problem: 'Solve these first', warning: 'Worth knowing', unknown: 'Could not be checked', ok: 'In order' },
  empty: 'No checks have run yet',
} as const;
