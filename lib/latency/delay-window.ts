import type { DelaySummary, QuantileErrors } from './delay-summary';
import { ExactWindow } from './exact-window';
import { SketchWindow } from './sketch-window';
import type { WindowLimits } from './rolling-window';

/** Up to so many values a window keeps every one; a larger one is a sketch. */
export const MAX_EXACT_COUNT = 10_000;

/** A rolling window of delays. */
export interface DelayWindow {
  readonly count: number;
  /** @param timeMs the delay's time on the clock that `evict` is given */
  add(delayMs: number, timeMs: number): void;
  /** Drops what is too old at `nowMs`. */
  evict(nowMs: number): void;
  /** @param p probability from 0 to 1; the window is not empty */
  quantile(p: number): number;
  /** The window is not empty. */
  summary(): { readonly summary: DelaySummary; readonly errors: QuantileErrors };
}

/** An exact window where it is small, else a sketch with 1 % accuracy. */
export function delayWindow(limits: WindowLimits): DelayWindow {
  return limits.maxCount <= MAX_EXACT_COUNT ? new ExactWindow(limits) : new SketchWindow(limits);
}
