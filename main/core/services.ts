/** The services behind the API, as the router sees them. */
import type { Doctor } from '../doctor';
import type { Terminals } from '../guest/terminal';
import type { ImageStore } from '../images';
import type { CoreEvent, RecipeSummary } from '../contract/models';
import type { Clients } from './clients';
import type { CloudServices } from './cloud-services';
import type { Clouds } from './clouds/clouds';
import type { CloudLogs } from './cloud-logs';
import type { Plans } from './plans/plans';

export interface CoreServices {
  readonly clouds: Clouds;
  readonly images: ImageStore;
  readonly doctor: Doctor;
  readonly plans: Plans;
  readonly terminals: Terminals;
  readonly logs: CloudLogs;
  /** OpenStack's services inside of a cloud. */
  readonly cloudServices: CloudServices;
  readonly clients: Clients;
  readonly recipes: () => Promise<RecipeSummary[]>;
  /** A snapshot, then every change until the signal ends it. */
  readonly subscribe: (signal?: AbortSignal) => AsyncGenerator<CoreEvent, void>;
  readonly deleteImage: (imageId: string) => Promise<{ freedBytes: number }>;
}
