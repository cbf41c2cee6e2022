import type { Node } from '@node-red/registry';
import { type StatusKind, StatusLine } from '../status-line';
import { Counters } from './counters';
import { GrowthWatch } from './growth-watch';

/** A connection may take this long to come about. */
const CONNECT_MS = 60_000;
const LEAST_GROWTH = 1_000;

/** What a node says of itself at one moment. */
export interface NodeReport {
  readonly id: string;
  readonly type: string;
  readonly name: string;
  /** The tab it is on; empty for a config node. */
  readonly tab: string;
  readonly status: { readonly kind: StatusKind | 'none'; readonly text: string };
  readonly healthy: boolean;
  /** Why it is not healthy; empty when it is. */
  readonly reason: string;
  readonly counters: Readonly<Omit<Counters, 'lastError'>>;
  readonly gauges: Readonly<Record<string, number>>;
  readonly lastError: string;
}

interface Gauge {
  readonly read: () => number;
  readonly growth: GrowthWatch | undefined;
}

/** What one node shows, counts and measures while it runs. */
export class NodeMeter {
  readonly status: StatusLine;
  readonly counters = new Counters();
  readonly #gauges = new Map<string, Gauge>();

  constructor(
    private readonly node: Pick<Node, 'id' | 'type' | 'name' | 'z' | 'status'>,
    private readonly now: () => number = () => performance.now(),
  ) {
    this.status = new StatusLine(node);
  }

  /**
   * A number that goes up and down.
   * @param backlog it is work that waits: when it only ever grows, something is wrong
   */
  gauge(name: string, read: () => number, backlog = false): void {
    this.#gauges.set(name, { read, growth: backlog ? new GrowthWatch(LEAST_GROWTH) : undefined });
  }

  /** Takes note of the backlogs; called at an even pace. */
  sample(): void {
    for (const { read, growth } of this.#gauges.values()) growth?.sample(read());
  }

  report(): NodeReport {
    const { id, type, name = '', z: tab = '' } = this.node;
    const { lastError = '', ...counters } = this.counters;
    const gauges = Object.fromEntries([...this.#gauges].map(([key, { read }]) => [key, read()]));
    const { kind, text } = this.status.current ?? { kind: 'none' as const, text: '' };
    const reason = this.#complaint();
    return {
      ...{ id, type, name, tab, status: { kind, text }, healthy: reason === '', reason },
      ...{ counters, gauges, lastError },
    };
  }

  #complaint(): string {
    const { current } = this.status;
    if (current?.kind === 'failed' || current?.kind === 'waiting') return current.text;
    if (current?.kind === 'connecting' && this.now() - current.sinceMs > CONNECT_MS) return current.text;
    const [grown] = [...this.#gauges].filter(([, { growth }]) => growth?.growing);
    return grown ? `${grown[0]} grows without a pause: ${grown[1].read()}` : '';
  }
}
