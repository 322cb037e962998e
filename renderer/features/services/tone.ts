import type { ServiceState } from '../../../main/contract/cloud-services';
import type { Tone } from '../../ui/tone';

const TONES: Record<ServiceState, Tone> = {
  running: 'good',
  done: 'good',
  starting: 'working',
  restarting: 'attention',
  stopping: 'working',
  stopped: 'idle',
  failed: 'failed',
};

export function serviceTone(state: ServiceState): Tone {
  return TONES[state];
}
