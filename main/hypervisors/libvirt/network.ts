/** How a machine is attached, by either kind of connection. */
import type { Attachment, CallOptions, MachineNames, MachineSpec, Resource } from '../driver';
import type { XmlElement } from './xml';

export interface Networking {
  /** What `attach` will make for the machine. */
  plan(names: Pick<MachineNames, 'id'>): readonly Pick<Resource, 'kind' | 'id'>[];
  attach(spec: MachineSpec, options?: CallOptions): Promise<Attachment>;
  /** The `<interface>` element of the machine's domain. */
  interfaceElement(attachment: Attachment): XmlElement;
  /** What a machine needs of the network before it can start. */
  prepareStart(options?: CallOptions): Promise<void>;
  reach(
    uuid: string,
    attachment: Attachment,
    guestPort: number,
    preferredPort: number | undefined,
    options?: CallOptions,
  ): Promise<{ host: string; port: number }>;
  /** Gives the address of a MAC back. */
  release(mac: string, options?: CallOptions): Promise<void>;
  /** Removes the network if no machine uses it. */
  collect(options?: CallOptions): Promise<void>;
}
