import type { TrialCheck } from '../../../main/contract/trial';

const count = {
  passed: '{{n}} passed',
  failed: '{{n}} failed',
  skipped: '{{n}} skipped',
} as const satisfies Record<TrialCheck['state'], string>;

const state = {
  passed: 'passed',
  failed: 'failed',
  skipped: 'skipped',
} as const satisfies Record<TrialCheck['state'], string>;

export const trial = {
  tryIt: 'Try it',
  hint: 'Uses the cloud as a person would: projects, images, servers, networks, volumes. Everything that it makes is removed again.',
  title: 'Tried {{when}}: {{counts}}',
  now: 'just now',
  ago: '{{time}} ago',
  count,
  state,
  again: 'Try again',
  saveReport: 'Save report',
  asHtml: 'As a page (HTML)',
  asJunit: 'For a build server (JUnit XML)',
  checks: 'Checks',
  skippedChecks: 'Skipped, with the reason',
  cancelledText: 'What it had made was removed. Trying again begins anew.',
  interruptedText: 'Stackbox was closed or stopped during this try. Resume goes on, and removes everything in the end.',
} as const;
