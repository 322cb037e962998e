import type { Cloud, CloudState, Finding, Run, StepState } from '../../main/contract/models';

/** What a colour and a shape mean, everywhere in the window. */
export type Tone = 'good' | 'working' | 'idle' | 'attention' | 'failed' | 'unknown';

const CLOUD: Record<CloudState, Tone> = {
  installing: 'working',
  starting: 'working',
  working: 'working',
  running: 'good',
  stopping: 'working',
  stopped: 'idle',
  paused: 'idle',
  attention: 'attention',
  deleting: 'working',
  gone: 'failed',
  unknown: 'unknown',
};

export function cloudTone(cloud: Cloud): Tone {
  return cloud.run?.state === 'failed' && cloud.state !== 'running' ? 'failed' : CLOUD[cloud.state];
}

const STEP: Record<StepState, Tone> = {
  waiting: 'idle',
  running: 'working',
  done: 'good',
  skipped: 'idle',
  failed: 'failed',
  cancelled: 'attention',
};

export function stepTone(state: StepState): Tone {
  return STEP[state];
}

const RUN: Record<Run['state'], Tone> = {
  running: 'working',
  done: 'good',
  failed: 'failed',
  cancelled: 'attention',
  interrupted: 'attention',
};

export function runTone(state: Run['state']): Tone {
  return RUN[state];
}

const FINDING: Record<Finding['state'], Tone> = {
  ok: 'good',
  warning: 'attention',
  problem: 'failed',
  unknown: 'unknown',
};

export function findingTone(state: Finding['state']): Tone {
  return FINDING[state];
}
