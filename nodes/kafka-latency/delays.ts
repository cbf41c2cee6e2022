import { delayPoint, type DelayPoint, type DelayPointOptions } from '../../lib/latency/delay-point';
import type { EpochClock } from '../../lib/latency/epoch-clock';
import { isEcho } from '../../lib/latency/echo-message';
import { LatencyMonitor } from '../../lib/latency/latency-monitor';
import { hopOffset } from '../../lib/latency/machine-clocks';
import type { Reading } from '../../lib/reading/reading';
import type { FlowMessage } from '../common/message';
import { type NodeContext, asTwinError } from '../common/node-context';
import { asReading, readingsOf } from '../common/readings-of';
import type { InputFlow } from '../common/register-node';
import { DelayStatus } from './delay-status';
import { EchoRequests } from './echo-requests';
import type { definition } from './options';
import { Pairs } from './pairs';

/** Measures the readings that come in, or pairs of records, and sends their delays and the summary. */
export class Delays {
  readonly #context: NodeContext<typeof definition>;
  readonly #monitor: LatencyMonitor;
  readonly #points: DelayPointOptions;
  readonly #clock: EpochClock;
  readonly #echo: EchoRequests;
  readonly #pairs: Pairs | undefined;
  readonly #status: DelayStatus;
  readonly #timer: NodeJS.Timeout | undefined;
  /** Readings measured since the last summary. */
  #fresh = 0;

  constructor(context: NodeContext<typeof definition>, clock: EpochClock) {
    const { hops, clocks, windowCount, windowSeconds, measurement, tags } = context.options;
    const { sourceTag, fieldType, summaryEvery, summarySeconds, pairing } = context.options;
    this.#context = context;
    this.#clock = clock;
    this.#pairs = pairing === 'reading' ? undefined : new Pairs(context.options);
    this.#echo = new EchoRequests(context, clock);
    const maxAgeMs = windowSeconds === 0 ? Infinity : windowSeconds * 1000;
    this.#monitor = new LatencyMonitor({
      hops,
      window: { maxCount: windowCount, maxAgeMs },
      offsetOf: (hop) => hopOffset(hop, clocks, (machine, nowMs) => this.#echo.asker.clockOf(machine, nowMs)),
    });
    const fixed = Object.fromEntries(tags.map(({ tag, value }) => [tag, value]));
    this.#points = { measurement, tags: fixed, sourceTag, fieldType };
    this.#status = new DelayStatus(context, this.#monitor);
    if (summaryEvery === 'seconds') this.#timer = setInterval(() => this.#summarise(), summarySeconds * 1000);
    this.#echo.start();
  }

  take(message: FlowMessage, flow: InputFlow<typeof definition>): void {
    const nowMs = this.#clock.now();
    if (message['reset'] === true) {
      this.#monitor.clear();
      this.#pairs?.clear();
      this.#fresh = 0;
      this.#status.changed();
      return;
    }
    const { items, batch } = readingsOf(message.payload);
    const points: DelayPoint[] = [];
    for (const item of items) {
      try {
        const reading = asReading(item);
        if (isEcho(reading)) this.#echo.take(reading, nowMs);
        else {
          const point = this.#measure(reading, message, batch, nowMs);
          if (point) points.push(point);
        }
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
    this.#status.changed();
  }

  close(): void {
    clearInterval(this.#timer);
    this.#echo.close();
    this.#status.close();
  }

  #measure(reading: Reading, message: FlowMessage, batch: boolean, nowMs: number): DelayPoint | undefined {
    // Stamps are whole milliseconds, so is the end of a hop to now.
    const arrivalMs = Math.floor(nowMs);
    const pair = this.#pairs ? this.#pairs.take(reading, message, batch, arrivalMs) : { reading, arrivalMs };
    if (!pair) return undefined;
    const delays = this.#monitor.observe(pair.reading, pair.arrivalMs, arrivalMs);
    return delays?.length ? delayPoint(pair.reading, delays, this.#points, pair.arrivalMs) : undefined;
  }

  /** Nothing new, nothing said: a chart of a stopped pipeline stands still. */
  #summarise(): void {
    const news = this.#pairs?.hasNews() ?? false;
    if (this.#fresh === 0 && !news) return;
    this.#fresh = 0;
    const nowMs = this.#clock.now();
    this.#context.send('summary', {
      payload: this.#monitor.summaries(nowMs),
      ...(this.#pairs && { pairing: this.#pairs.counts() }),
      ...(this.#echo.runs && { clocks: this.#echo.asker.clocks(nowMs) }),
    });
  }
}
