import type { LatencyMonitor } from '../../lib/latency/latency-monitor';
import type { NodeContext } from '../common/node-context';
import { shortCount } from '../common/short-count';
import type { definition } from './options';

/** The status is for eyes: quantiles of a large window are not worth computing more often. */
const EVERY_MS = 500;

/** The status under the node: p50 and p95 of the first hop that is measured, and whether delays are below 0. */
export class DelayStatus {
  readonly #context: NodeContext<typeof definition>;
  readonly #monitor: LatencyMonitor;
  #timer: NodeJS.Timeout | undefined;
  #stale = false;

  constructor(context: NodeContext<typeof definition>, monitor: LatencyMonitor) {
    this.#context = context;
    this.#monitor = monitor;
    this.#show();
  }

  /** Shows what is new: at once, or when the last time is long enough ago. */
  changed(): void {
    this.#stale = true;
    if (this.#timer === undefined) this.#refresh();
  }

  close(): void {
    clearTimeout(this.#timer);
  }

  #refresh(): void {
    this.#timer = undefined;
    if (!this.#stale) return;
    this.#stale = false;
    this.#show();
    this.#timer = setTimeout(() => this.#refresh(), EVERY_MS);
    this.#timer.unref();
  }

  #show(): void {
    const { status } = this.#context;
    const { observed, unmeasured, negatives } = this.#monitor;
    const quantiles = this.#monitor.quantiles([0.5, 0.95], Date.now());
    if (observed === 0) status.show('idle', this.#context.word(unmeasured > 0 ? 'status.stampless' : 'status.none'));
    else if (!quantiles)
      status.show('connected', this.#context.word('status.measured', { count: shortCount(observed) }));
    else {
      const [p50 = '', p95 = ''] = quantiles.map(shortDelay);
      if (negatives === 0) status.show('connected', this.#context.word('status.quantiles', { p50, p95 }));
      else status.show('connected', this.#context.word('status.negative', { p50, negatives: shortCount(negatives) }));
    }
  }
}

/** Milliseconds in at most four characters and a sign, such as 4.2, 11, 1.5k, 12k, 3M. */
function shortDelay(ms: number): string {
  const size = Math.abs(ms);
  const text =
    size < 9.95
      ? size.toFixed(1).replace('.0', '')
      : size < 999.5
        ? size.toFixed(0)
        : size < 9_950
          ? `${(size / 1e3).toFixed(1)}k`
          : size < 999_500
            ? `${(size / 1e3).toFixed(0)}k`
            : `${(size / 1e6).toFixed(0)}M`;
  return ms < 0 && text !== '0' ? `-${text}` : text;
}
