/**
 * What the core tells its windows. A slow window gets the newest state of a thing, not every state in between, so that
 * the memory it costs is bounded by the number of things and not by its slowness.
 */
import type { CoreEvent } from '../contract/models';

/** Commands wait in order, because each is news; a window that is this far behind asks for the list instead. */
const COMMANDS_WAITING = 500;

interface Subscriber {
  /** Newest event for each thing, in the order in which the things first changed. */
  readonly waiting: Map<string, CoreEvent>;
  wake: () => void;
}

export class EventHub {
  private readonly subscribers = new Set<Subscriber>();
  private readonly onPublish: ((event: CoreEvent) => void) | undefined;

  /** @param onPublish sees every event at once; for the core's own parts, which are not windows */
  constructor(onPublish?: (event: CoreEvent) => void) {
    this.onPublish = onPublish;
  }

  publish(event: CoreEvent): void {
    this.onPublish?.(event);
    for (const subscriber of this.subscribers) {
      const key = keyOf(event);
      if (event.type === 'command' && subscriber.waiting.size > COMMANDS_WAITING) continue;
      subscriber.waiting.set(key, event);
      subscriber.wake();
    }
  }

  get hasSubscribers(): boolean {
    return this.subscribers.size > 0;
  }

  /**
   * @param snapshot called when the subscription is in place, so that no change falls between snapshot and stream
   */
  async *subscribe(snapshot: () => CoreEvent, signal?: AbortSignal): AsyncGenerator<CoreEvent, void> {
    const subscriber: Subscriber = { waiting: new Map(), wake: () => undefined };
    const onAbort = (): void => subscriber.wake();
    signal?.addEventListener('abort', onAbort);
    this.subscribers.add(subscriber);
    try {
      yield snapshot();
      const left = (): boolean => signal?.aborted === true;
      while (!left()) {
        if (subscriber.waiting.size === 0) {
          await new Promise<void>((resolve) => {
            subscriber.wake = resolve;
          });
          continue;
        }
        const [key, event] = subscriber.waiting.entries().next().value ?? [];
        if (key === undefined || event === undefined) continue;
        subscriber.waiting.delete(key);
        yield event;
      }
    } finally {
      signal?.removeEventListener('abort', onAbort);
      this.subscribers.delete(subscriber);
    }
  }
}

function keyOf(event: CoreEvent): string {
  switch (event.type) {
    case 'cloud':
      return `cloud ${event.cloud.id}`;
    case 'cloud-deleted':
      return `cloud ${event.cloudId}`;
    case 'image':
      return `image ${event.image.id}`;
    case 'image-deleted':
      return `image ${event.imageId}`;
    case 'command':
      return `command ${event.runId} ${event.command.seq}`;
    case 'findings':
    case 'snapshot':
      return event.type;
  }
}
