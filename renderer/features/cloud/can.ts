import type { Cloud } from '../../../main/contract/models';

export function canStart(cloud: Cloud): boolean {
  return cloud.state === 'stopped' || canResume(cloud);
}

/** Whether a start goes on where the machine was. */
export function canResume(cloud: Cloud): boolean {
  return cloud.state === 'saved' || cloud.state === 'paused';
}

export function canSave(cloud: Cloud): boolean {
  return canStop(cloud) && cloud.machines.every(({ abilities }) => abilities.saveState);
}

export function canStop(cloud: Cloud): boolean {
  if (cloud.state === 'running' || cloud.state === 'paused') return true;
  return cloud.state === 'attention' && cloud.machines.some((machine) => machine.state === 'running');
}

/** Whether an action of the recipe can begin: nothing else is under way, and there is a machine. */
export function canAct(cloud: Cloud): boolean {
  return cloud.run?.state !== 'running' && cloud.state !== 'gone' && cloud.state !== 'unknown';
}

/** Whether a terminal can be opened: a machine runs and has an address. */
export function canConnect(cloud: Cloud): boolean {
  return (
    cloud.state !== 'deleting' &&
    cloud.machines.some((machine) => machine.state === 'running' && machine.ssh !== undefined)
  );
}

/** Whether the serial console can be opened: it is there as long as a machine runs. */
export function canWatch(cloud: Cloud): boolean {
  return cloud.state !== 'deleting' && cloud.machines.some((machine) => machine.state === 'running');
}
