import type { NodeAPI } from '@node-red/registry';
import { delayPoint, type DelayPoint, type DelayPointOptions } from '../../lib/latency/delay-point';
import { LatencyMonitor } from '../../lib/latency/latency-monitor';
import type { FlowMessage } from '../common/message';
import { type NodeContext, asTwinError } from '../common/node-context';
import { asReading, readingsOf } from '../common/readings-of';
import { type InputFlow, registerNode } from '../common/register-node';
import { shortCount } from '../common/short-count';
import { definition } from './options';

export default function (RED: NodeAPI): void {
  registerNode(RED, definition, (context) => {
    const delays = new Delays(context);
    return {
      input: (message, flow) => delays.take(message, flow),
      close: () => delays.close(),
    };
  });
}

class Delays {
  readonly #context: NodeContext<typeof definition>;
  readonly #monitor: LatencyMonitor;
  readonly #points: DelayPointOptions;
  readonly #timer: NodeJS.Timeout | undefined;
  /** Readings measured since the last summary. */
  #fresh = 0;

  constructor(context: NodeContext<typeof definition>) {
    const { hops, windowCount, windowSeconds, measurement, tags, sourceTag, summaryEvery, summarySeconds } =
      context.options;
    this.#context = context;
    const maxAgeMs = windowSeconds === 0 ? Infinity : windowSeconds * 1000;
    this.#monitor = new LatencyMonitor({ hops, window: { maxCount: windowCount, maxAgeMs } });
    this.#points = { measurement, tags: Object.fromEntries(tags.map(({ tag, value }) => [tag, value])), sourceTag };
    if (summaryEvery === 'seconds') this.#timer = setInterval(() => this.#summarise(), summarySeconds * 1000);
    context.status.show('idle', context.word('status.none'));
  }

  take(message: FlowMessage, flow: InputFlow<typeof definition>): void {
    if (message['reset'] === true) {
      this.#monitor.clear();
      this.#fresh = 0;
      this.#showCount();
      return;
    }
    const arrivalMs = Date.now();
    const { items, batch } = readingsOf(message.payload);
    const points: DelayPoint[] = [];
    for (const item of items) {
      try {
        const reading = asReading(item);
        const delays = this.#monitor.observe(reading, arrivalMs);
        if (delays?.length) points.push(delayPoint(reading, delays, this.#points, arrivalMs));
      } catch (thrown) {
        flow.reject({ ...message, payload: item }, asTwinError(thrown));
      }
    }
    this.#fresh += points.length;
    if (points.length > 0) {
      message.payload = batch ? points : points[0];
      flow.send('delays', message);
    }
    const { summaryEvery, summaryReadings } = this.#context.options;
    if (summaryEvery === 'readings' && this.#fresh >= summaryReadings) this.#summarise();
    this.#showCount();
  }

  close(): void {
    clearInterval(this.#timer);
  }

  /** Nothing new, nothing said: a chart of a stopped pipeline stands still. */
  #summarise(): void {
    if (this.#fresh === 0) return;
    this.#fresh = 0;
    this.#context.send('summary', { payload: this.#monitor.summaries(Date.now()) });
  }

  #showCount(): void {
    const { status } = this.#context;
    const { observed, unmeasured, negatives } = this.#monitor;
    const count = shortCount(observed);
    if (observed === 0) status.show('idle', this.#context.word(unmeasured > 0 ? 'status.stampless' : 'status.none'));
    else if (negatives === 0) status.show('connected', this.#context.word('status.measured', { count }));
    else {
      const words = { count, negatives: shortCount(negatives) };
      status.show('connected', this.#context.word('status.negative', words));
    }
  }
}
