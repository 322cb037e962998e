/** What the core is put together from. Tests put a fake driver and a small recipe here; nothing else is ever replaced. */
import type { ConnectionId } from '../contract/plan';
import type { Doctor } from '../doctor';
import type { HypervisorDriver } from '../hypervisors/driver';
import type { ImageStore } from '../images';
import type { Recipe } from '../recipes/types';
import type { Durations } from './run/durations';
import type { CloudsFile } from './clients/clouds-file';
import type { DataFolder } from './store/folders';

export interface CoreParts {
  readonly folder: DataFolder;
  readonly drivers: ReadonlyMap<ConnectionId, HypervisorDriver>;
  readonly recipes: readonly Recipe[];
  readonly images: ImageStore;
  readonly doctor: Doctor;
  readonly durations: Durations;
  /** The person's own clouds.yaml. */
  readonly cloudsFile: CloudsFile;
}
