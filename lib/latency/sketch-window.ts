import { DelaySketch } from './delay-sketch';
import type { DelaySummary, QuantileErrors } from './delay-summary';
import type { DelayWindow } from './delay-window';
import { sketchSummary } from './sketch-summary';
import type { WindowLimits } from './rolling-window';
import { weightedQuantile } from './weighted-quantile';

/** The window moves in steps of this part of its length. */
const PANES = 20;
/** The figures that a sketch only estimates; it keeps extremes and mean exactly. */
const ESTIMATED = { q1: 0.25, median: 0.5, q3: 0.75, p90: 0.9, p95: 0.95, p99: 0.99 };

interface Pane {
  readonly sketch: DelaySketch;
  beginMs: number;
  lastMs: number;
}

/**
 * A long rolling window in little memory: a row of sketches, each for a twentieth of the window, that are merged when
 * somebody asks. A full window holds the newest `maxCount` values and up to 5 % more; a value leaves when it is between
 * `maxAgeMs` and 5 % more old. Adding costs one logarithm.
 */
export class SketchWindow implements DelayWindow {
  readonly #paneCount: number;
  readonly #paneMs: number;
  readonly #maxAgeMs: number;
  readonly #panes: Pane[] = [];
  #count = 0;

  constructor({ maxCount, maxAgeMs }: WindowLimits) {
    if (!(Number.isInteger(maxCount) && maxCount > 0 && maxAgeMs > 0)) {
      throw new RangeError(`a window needs a whole maxCount and a maxAgeMs above 0, got ${maxCount} and ${maxAgeMs}`);
    }
    this.#paneCount = Math.ceil(maxCount / PANES);
    this.#paneMs = maxAgeMs / PANES;
    this.#maxAgeMs = maxAgeMs;
  }

  get count(): number {
    return this.#count;
  }

  add(delayMs: number, timeMs: number): void {
    let pane = this.#panes.at(-1);
    if (!pane || pane.sketch.count >= this.#paneCount || timeMs >= pane.beginMs + this.#paneMs) {
      pane = this.#nextPane(timeMs);
    }
    pane.sketch.add(delayMs);
    pane.lastMs = Math.max(pane.lastMs, timeMs);
    this.#count += 1;
  }

  evict(nowMs: number): void {
    while (this.#panes[0] && this.#panes[0].lastMs <= nowMs - this.#maxAgeMs) this.#dropOldest();
  }

  quantile(p: number): number {
    const merged = this.#merged();
    return weightedQuantile(merged.values(), merged.count, p);
  }

  summary(): { readonly summary: DelaySummary; readonly errors: QuantileErrors } {
    const merged = this.#merged();
    const values = merged.values();
    // Between two values the errors of both count, whatever their signs.
    const errorAt = (p: number): number => weightedQuantile(values, merged.count, p, (value) => merged.errorOf(value));
    const estimated = Object.entries(ESTIMATED).map(([name, p]) => [name, errorAt(p)] as const);
    const errors = { min: 0, max: 0, mean: 0, ...Object.fromEntries(estimated) } as QuantileErrors;
    return { summary: sketchSummary(merged), errors };
  }

  #nextPane(timeMs: number): Pane {
    this.evict(timeMs);
    // One pane more than the window has, as the newest is still filling.
    const old = this.#panes.length > PANES ? this.#dropOldest() : undefined;
    old?.sketch.clear();
    const pane = { sketch: old?.sketch ?? new DelaySketch(), beginMs: timeMs, lastMs: timeMs };
    this.#panes.push(pane);
    return pane;
  }

  #dropOldest(): Pane | undefined {
    const oldest = this.#panes.shift();
    if (oldest) this.#count -= oldest.sketch.count;
    return oldest;
  }

  #merged(): DelaySketch {
    const merged = new DelaySketch();
    for (const { sketch } of this.#panes) merged.merge(sketch);
    return merged;
  }
}
