import type { CloudState } from '../../../main/contract/models';

const state = {
  installing: 'Installing',
  starting: 'Starting',
  working: 'Working',
  running: 'Running',
  stopping: 'Stopping',
  stopped: 'Stopped',
  paused: 'Paused',
  attention: 'Needs attention',
  deleting: 'Deleting',
  gone: 'Machine is gone',
  unknown: 'State unknown',
} as const satisfies Record<CloudState, string>;

export const cloud = {
  state,
  tabs: { label: 'Parts of the cloud', overview: 'Overview', progress: 'Progress', logs: 'Logs', terminal: 'Terminal' },
  start: 'Start',
  stop: 'Stop',
  delete: 'Delete',
  more: 'More actions',
  actions: 'Stack',
  forceStop: 'Force stop (power off at once)',
  deleted: '“{{name}}” is deleted',
  exportPlan: 'Export plan',
  confirm: {
    title: 'Delete cloud “{{name}}”?',
    button: 'Delete cloud',
    running: 'Its install is cancelled first.',
    gone: 'What will be gone:',
    machine: 'machine {{domain}} with its disk (up to {{disk}}) and all data in it',
    passwords: 'the passwords and SSH keys that were made for it',
    stays: 'The downloaded image stays, so the next cloud starts sooner. This cannot be undone.',
  },
  actionConfirm: { title: '{{action}}: “{{name}}”?', gone: 'What will be gone:' },
  forceConfirm: {
    title: 'Power off “{{name}}” at once?',
    button: 'Power off',
    text: 'It is like pulling the plug: what the machine has not yet written to its disk is gone. Stop asks the machine to shut down first.',
  },
} as const;
