/** Messages for the person that came up while no window was there: a file set aside, a cloud of a newer version. */
import { randomUUID } from 'node:crypto';

export interface Notice {
  readonly id: string;
  readonly message: string;
  readonly hint?: string;
}

export class Notices {
  private readonly notices: Notice[] = [];

  /** Adds one; bound, so that it can be handed on as a function. */
  readonly add = (message: string, hint?: string): void => {
    this.notices.push({ id: randomUUID(), message, ...(hint !== undefined && { hint }) });
  };

  list(): Notice[] {
    return [...this.notices];
  }
}
