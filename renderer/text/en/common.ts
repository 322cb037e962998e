import type { ErrorCode } from '../../../main/contract/errors';

export const common = {
  appName: 'Stackbox',
  copy: 'Copy',
  copied: 'Copied',
  copyError: 'Copy the whole error',
  copyCommand: 'Copy command',
  copyOutput: 'Copy output',
  open: 'Open',
  close: 'Close',
  keep: 'Keep it',
  cancel: 'Cancel',
  tryAgain: 'Try again',
  createCloud: 'Create cloud',
} as const;

export const error = {
  command: 'Command',
  commandExit: 'Command, ended with exit code {{code}}',
  output: 'Last lines of output',
} as const;

/** What a person can do about each kind of failure when the error brings no hint of its own. */
export const errorHelp = {
  'bad-input': 'Change the value and try again.',
  'not-found': 'It may have been deleted in the meantime. Go back and choose again.',
  conflict: 'Choose another name or address, or free the one that is taken.',
  busy: 'Wait until the other run has ended, or cancel it.',
  'missing-tool': 'Open Doctor: it shows the command that installs what is missing.',
  'command-failed': 'The output below says why. Try again when the cause is gone.',
  silent: 'Look at the log, then try again from this step.',
  hypervisor: 'Open Doctor: it checks the hypervisor and shows what to do.',
  'no-room': 'Choose a smaller size, or stop or delete another machine.',
  network: 'Check the connection of this computer and its proxy, then try again.',
  verification: 'The data is not what was expected, so it is not used. Try again, or try another mirror.',
  unreachable: 'The machine may still be starting, or this computer has just woken up. Try again in a moment.',
  'guest-failed': 'Open the log or a terminal to see what the machine said.',
  storage: 'Check that the disk of this computer is not full and that its folders can be written to.',
  locked: 'Close the other Stackbox, then try again.',
  denied: 'Open Doctor: it shows which permission is missing.',
  internal: 'This is a defect in Stackbox. Copy the error and report it.',
} as const satisfies Record<ErrorCode, string>;
