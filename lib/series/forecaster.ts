import type { ForecasterState } from './forecaster-state';

/** What a forecasting method learns from: an evenly spaced series up to now. */
export interface TrainingSeries {
  /** Epoch ms of each value. */
  readonly times: Float64Array;
  /** The values, `NaN` where one is missing. */
  readonly values: Float64Array;
  /** The same without gaps, for methods that cannot have any. */
  readonly filled: Float64Array;
  /** Samples of one season, 1 for none. */
  readonly period: number;
}

/** Lower and upper end of an interval at each step. */
export interface Bounds {
  readonly lower: Float64Array;
  readonly upper: Float64Array;
}

/** A method after it has learned. `times` are those of the next steps after the training series, in order. */
export interface FittedForecaster {
  forecast(times: Float64Array): Float64Array;
  /** Interval by the method's own assumptions; `NaN` where they give none. */
  bounds(times: Float64Array, level: number): Bounds;
  /** As plain data; `resumeForecaster` makes the method from it again. */
  readonly state: ForecasterState;
  /** The method after one more value, without a new fit; `NaN` where it is missing. */
  next(value: number): FittedForecaster;
  /** What was learned, for a person to read. */
  readonly parameters: Readonly<Record<string, number | readonly number[]>>;
}

/** A forecasting method. */
export interface Forecaster {
  /** Fewest values with which it can learn. */
  readonly minimum: (period: number) => number;
  readonly fit: (training: TrainingSeries) => FittedForecaster;
}
