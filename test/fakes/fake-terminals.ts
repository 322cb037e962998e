import type { implement } from '@orpc/server';
import type { contract, TerminalKind } from '../../main/contract/api';

type Builder = ReturnType<typeof implement<typeof contract>>;
type State = 'open' | 'lost' | 'ended';

/** The most characters that are sent ahead of an acknowledgement, as the contract says. */
const WINDOW = 100_000;

class FakeTerminal {
  history = '';
  state: State = 'open';
  message = '';
  acked = 0;
  private readonly wakers = new Set<() => void>();
  readonly kind: TerminalKind;
  readonly cloudId: string;
  readonly account: string | undefined;

  constructor(cloudId: string, kind: TerminalKind, account: string | undefined) {
    this.account = account;
    this.cloudId = cloudId;
    this.kind = kind;
  }

  print(text: string): void {
    this.history += text;
    this.changed();
  }

  setState(state: State, message: string): void {
    this.state = state;
    this.message = message;
    this.changed();
  }

  changed(): void {
    for (const wake of this.wakers) wake();
  }

  async change(signal: AbortSignal | undefined): Promise<void> {
    await new Promise<void>((resolve) => {
      this.wakers.add(resolve);
      signal?.addEventListener('abort', () => resolve());
    });
    this.wakers.clear();
  }
}

/** Terminals with an echo for a shell; output keeps to the window of the contract. */
export class FakeTerminals {
  readonly all = new Map<string, FakeTerminal>();
  readonly sizes: { cols: number; rows: number }[] = [];

  get(terminalId: string): FakeTerminal {
    const terminal = this.all.get(terminalId);
    if (terminal === undefined) throw new Error(`There is no terminal ${terminalId}.`);
    return terminal;
  }

  // oxlint-disable-next-line typescript/explicit-module-boundary-types -- the type is the contract's, and a page long
  handlers(os: Builder) {
    const get = (terminalId: string): FakeTerminal => this.get(terminalId);
    return {
      open: os.terminals.open.handler(({ input }) => {
        const terminalId = `t${this.all.size + 1}`;
        const terminal = new FakeTerminal(input.cloudId, input.kind, input.account);
        this.all.set(terminalId, terminal);
        terminal.print(`Welcome to the machine.\r\nSee https://docs.openstack.org for help.\r\n${PROMPT}`);
        return { terminalId };
      }),
      list: os.terminals.list.handler(({ input }) =>
        [...this.all]
          .filter(([, terminal]) => terminal.cloudId === input.cloudId)
          .map(([terminalId, { kind, account, state }]) => ({
            terminalId,
            kind,
            state,
            ...(account !== undefined && { account }),
          })),
      ),
      output: os.terminals.output.handler(async function* ({ input, signal }) {
        const terminal = get(input.terminalId);
        let at = input.from;
        let told: State = 'open';
        terminal.acked = input.from;
        // oxlint-disable-next-line no-unmodified-loop-condition -- it changes from outside
        while (signal?.aborted !== true) {
          const room = WINDOW - (at - terminal.acked);
          if (at < terminal.history.length && room > 0) {
            const text = terminal.history.slice(at, at + Math.min(room, 16_384));
            at += text.length;
            yield { type: 'data', text, next: at } as const;
          } else if (terminal.state === told) {
            await terminal.change(signal);
          } else {
            told = terminal.state;
            yield { type: 'state', state: told, message: terminal.message } as const;
          }
        }
      }),
      ack: os.terminals.ack.handler(({ input }) => {
        const terminal = this.get(input.terminalId);
        terminal.acked = input.next;
        terminal.changed();
      }),
      input: os.terminals.input.handler(({ input }) => {
        this.get(input.terminalId).print(answer(input.text));
      }),
      resize: os.terminals.resize.handler(({ input }) => {
        this.sizes.push({ cols: input.cols, rows: input.rows });
      }),
      reconnect: os.terminals.reconnect.handler(({ input }) => this.get(input.terminalId).setState('open', '')),
      close: os.terminals.close.handler(({ input }) => void this.all.delete(input.terminalId)),
    };
  }
}

const PROMPT = '\u001B[1;32mubuntu@devstack-1\u001B[0m:\u001B[1;34m~\u001B[0m$ ';

/** Echoes what is typed; a line feed gets an answer and a new prompt. */
function answer(text: string): string {
  return text === '\r' ? `\r\nok\r\n${PROMPT}` : text;
}
