import type { HoltWintersForm } from './holt-winters';
import type { PolynomialFit } from './polynomial-fit';

/** Where a method stands after the last value, as plain data: it goes to another thread, into a file, and back. */
export type ForecasterState =
  | SeasonalNaiveState
  | DriftState
  | PolynomialState
  | HarmonicState
  | SmoothingState
  | ThetaState
  | AutoregressionState
  | SeasonAddedState
  | TransformedState
  | CombinedState;

export interface SeasonalNaiveState {
  readonly kind: 'seasonal-naive';
  /** The last value of each place of the season, that of the next value first. */
  readonly season: readonly number[];
  /** Root mean square distance of one season from the one before. */
  readonly oneSeason: number;
}

export interface DriftState {
  readonly kind: 'drift';
  readonly last: number;
  readonly pace: number;
  readonly sigma: number;
  /** Values from the first to the last. */
  readonly length: number;
  /** Values that were missing since the last. */
  readonly lag: number;
}

export interface PolynomialState {
  readonly kind: 'polynomial';
  /** Epoch ms from which the days of the fit are counted. */
  readonly start: number;
  readonly fit: PolynomialFit;
}

export interface HarmonicState {
  readonly kind: 'harmonics';
  /** Values of the fit, and of those that came after it. */
  readonly points: number;
  readonly since: number;
  readonly period: number;
  readonly harmonics: number;
  readonly solution: readonly number[];
  readonly inverse: readonly (readonly number[])[];
  readonly variance: number;
  readonly degreesOfFreedom: number;
}

export interface SmoothingState {
  readonly kind: 'smoothing';
  readonly form: HoltWintersForm;
  readonly alpha: number;
  readonly beta: number;
  readonly gamma: number;
  readonly phi: number;
  readonly level: number;
  readonly trend: number;
  readonly seasons: readonly number[];
  /** Of the one-step errors. */
  readonly variance: number;
}

export interface ThetaState {
  readonly kind: 'theta';
  readonly alpha: number;
  readonly level: number;
  readonly halfSlope: number;
  /** Steps by which the slope is ahead of the smoothed level. */
  readonly start: number;
  readonly season: readonly number[];
  readonly multiplicative: boolean;
  readonly sigma: number;
}

export interface AutoregressionState {
  readonly kind: 'autoregression';
  readonly mean: number;
  readonly coefficients: readonly number[];
  readonly variance: number;
  readonly differences: boolean;
  /** The last values, or differences, as many as there are coefficients. */
  readonly recent: readonly number[];
  readonly last: number;
}

/** A method on the series without its season, which is added again. */
export interface SeasonAddedState {
  readonly kind: 'season-added';
  readonly season: readonly number[];
  readonly rest: ForecasterState;
}

export interface TransformedState {
  readonly kind: 'transformed';
  readonly lambda: number;
  readonly mean: boolean;
  readonly on: ForecasterState;
}

export interface CombinedState {
  readonly kind: 'combined';
  readonly weights: readonly number[];
  readonly members: readonly ForecasterState[];
}
