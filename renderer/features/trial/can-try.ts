import type { Cloud } from '../../../main/contract/models';

/** Whether there is an OpenStack to try, now or once the cloud is not busy any more. */
export function hasTrial(cloud: Cloud): boolean {
  return cloud.ready && cloud.accounts.length > 0 && cloud.machines.some(({ state }) => state === 'running');
}

export function canTry(cloud: Cloud): boolean {
  return hasTrial(cloud) && cloud.run?.state !== 'running';
}
