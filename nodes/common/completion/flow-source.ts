import type { TwinError } from '../../../lib/reading/twin-error';
import type { NodeDefinition, PortOf } from '../definition';
import type { FlowMessage } from '../message';
import type { NodeContext } from '../node-context';
import { TrackedSource } from './tracked-source';

/** A deploy waits this long for what is under way in the flow. */
const DRAIN_MS = 2_000;
/** A node that has held the oldest message for so long is worth naming, whatever the server's own limits are. */
const SLOW_MS = 5_000;
const LOOK_EVERY_MS = 1_000;
/** What a status has left for the name of a node. */
const NAME_CHARS = 11;

/** What reads from a server: it can be closed, and a new one gets again what the old one had not acknowledged. */
export interface SourceCore {
  start(): void;
  close(drainMs: number): Promise<void>;
  removeAllListeners(): unknown;
}

export interface Outgoing<D extends NodeDefinition> {
  readonly port: PortOf<D>;
  readonly message: FlowMessage;
}

export interface FlowSourceOptions<C extends SourceCore> {
  /** How long a foreign node may hold a message, in ms; undefined settles on delivery. */
  readonly holdLimitMs: number | undefined;
  /** Messages that the flow may have at once. */
  readonly window: number;
  /** A core with its listeners, not yet started. */
  readonly make: () => C;
  /** The status may have changed. */
  readonly onChange: () => void;
}

/**
 * The flow's side of a source that can be asked again. What it sends is settled when every node that the message
 * reached has said so; when a node was stopped in between, the core is made anew, as nobody else can send the message
 * again.
 */
export class FlowSource<D extends NodeDefinition, C extends SourceCore> {
  readonly #context: NodeContext<D>;
  readonly #options: FlowSourceOptions<C>;
  readonly #tracked: TrackedSource | undefined;
  readonly #looking: NodeJS.Timeout | undefined;
  #core: C | undefined;
  #restarting: Promise<void> | undefined;
  #closed = false;

  constructor(context: NodeContext<D>, options: FlowSourceOptions<C>) {
    this.#context = context;
    this.#options = options;
    if (options.holdLimitMs === undefined) return;
    const tracked = new TrackedSource(context.RED, options.holdLimitMs);
    this.#tracked = tracked;
    context.meter.gauge('inFlight', () => tracked.inFlight);
    this.#looking = setInterval(options.onChange, LOOK_EVERY_MS).unref();
  }

  start(): void {
    this.#core = this.#options.make();
    this.#core.start();
  }

  async close(): Promise<void> {
    this.#closed = true;
    clearInterval(this.#looking);
    await this.#restarting;
    await this.#core?.close(DRAIN_MS);
    this.#tracked?.close();
  }

  /** Sends all, and settles when the flow has finished with all. */
  send(outgoing: readonly Outgoing<D>[], settle: () => void): void {
    const core = this.#core;
    let open = outgoing.length;
    if (open === 0 || !this.#tracked) settle();
    for (const { port, message } of outgoing) {
      const by = (sent: FlowMessage): void => this.#context.send(port, sent);
      if (!this.#tracked) {
        by(message);
        continue;
      }
      this.#tracked.send(message, by, ({ stopped }) => {
        if (!stopped) {
          if (--open === 0) settle();
        } else if (core === this.#core) this.#beginAgain();
      });
    }
    this.#options.onChange();
  }

  /** Counts what cannot be read; answers whether somebody wants to have it. */
  refuse(error: TwinError): boolean {
    const { counters } = this.#context;
    counters.rejected++;
    counters.lastError = error.message;
    if (this.#context.wired('rejected')) return true;
    this.#context.mention(error);
    return false;
  }

  /** The name, short enough for a status, of the node that holds a full window or has held a message for long. */
  holder(): string | undefined {
    const hold = this.#tracked?.oldestHold();
    if (!this.#tracked || !hold) return undefined;
    const full = this.#tracked.inFlight >= this.#options.window;
    if (!full && performance.now() - hold.sinceMs < SLOW_MS) return undefined;
    return (hold.node.name || hold.node.type).slice(0, NAME_CHARS);
  }

  #beginAgain(): void {
    if (this.#closed || this.#restarting) return;
    this.#restarting = (async () => {
      const old = this.#core;
      old?.removeAllListeners();
      // It is given up whatever it says; its successor asks the server again.
      await old?.close(0).catch(() => undefined);
      this.#restarting = undefined;
      this.#core = undefined;
      // Before the end of the deploy the messages would only meet the same gap.
      this.#tracked?.whenDeployed(() => {
        if (!this.#closed) this.start();
      });
    })();
  }
}
