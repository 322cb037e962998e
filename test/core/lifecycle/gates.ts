/** Places in a test's computer where a call stops until the test lets it go on. */

export interface Held {
  /** Somebody has come to the gate. */
  readonly reached: Promise<void>;
  /** Lets everybody through, now and later. */
  open(): void;
}

interface Gate {
  readonly arrive: () => void;
  readonly opened: Promise<void>;
}

export class Gates {
  private readonly gates = new Map<string, Gate>();

  hold(name: string): Held {
    let arrive = (): void => undefined;
    let open = (): void => undefined;
    const reached = new Promise<void>((resolve) => {
      arrive = resolve;
    });
    const opened = new Promise<void>((resolve) => {
      open = resolve;
    });
    this.gates.set(name, { arrive, opened });
    return {
      reached,
      open: () => {
        this.gates.delete(name);
        open();
      },
    };
  }

  get shut(): string[] {
    return [...this.gates.keys()];
  }

  isShut(name: string): boolean {
    return this.gates.has(name);
  }

  /** Comes to the gate without waiting at it. */
  arrive(name: string): void {
    this.gates.get(name)?.arrive();
  }

  /** Waits at the gate. @throws the signal's reason, as a program that is ended */
  async pass(name: string, signal?: AbortSignal): Promise<void> {
    const gate = this.gates.get(name);
    if (!gate) return;
    gate.arrive();
    await Promise.race([
      gate.opened,
      new Promise((_, reject) => {
        signal?.addEventListener('abort', () => reject(signal.reason as Error), { once: true });
      }),
    ]);
  }
}
