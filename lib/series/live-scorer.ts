import type { SeriesDecomposition } from './decompose-series';
import { robustSpread } from './robust-spread';

/** With which readings are scored against a decomposition, as plain data. */
export interface ScorerState {
  /** Logarithm of the values (`log`, and the multiplicative method). */
  readonly logarithmic: boolean;
  readonly stepMs: number;
  /** Epoch ms of the last step. */
  readonly time: number;
  readonly level: number;
  /** One for each season: that of the next step first. */
  readonly seasons: readonly (readonly number[])[];
  /** Median of the surprises of the past (see `scorerState`), and their robust standard deviation. */
  readonly middle: number;
  readonly sigma: number;
  /** Share of a step's remainder by which the level follows. */
  readonly pace: number;
}

/** A reading beside what the decomposition expects of it. */
export interface ScoredReading {
  /** Epoch ms. */
  readonly time: number;
  readonly value: number;
  readonly expected: number;
  /** Distance in robust standard deviations of the surprises of the past, with its sign. */
  readonly score: number;
  readonly trend: number;
  readonly seasonal: number;
}

/**
 * Robust standard deviations beyond which a reading moves the level no further: an anomaly must not become the rule.
 */
const CLIPPED_AT = 2;
/** Steps that may be missing before the last decomposition says nothing any more. */
const MOST_MISSED = 100_000;

/**
 * Scores each new reading against the last decomposition, without a new one: expected is the last trend plus the season
 * at its step. The level follows slowly (by 2 / (seasons of 25 steps or more + 1) of each remainder, anomalies
 * clipped), so that a slope does not end as an alarm.
 */
export class LiveScorer {
  /** `state` is one of `scorerState`, or another scorer's. */
  constructor(private current: ScorerState) {}

  get state(): ScorerState {
    return this.current;
  }

  /**
   * Scores a reading and follows it; undefined when its step has one already, or it is 0 or below on a logarithmic
   * scale. `gap` when too many steps are missing.
   */
  score(timeMs: number, value: number): ScoredReading | 'gap' | undefined {
    const { logarithmic, stepMs, time, level, middle, sigma, pace } = this.current;
    const steps = Math.round((timeMs - time) / stepMs);
    const own = logarithmic ? Math.log(value) : value;
    if (!(steps >= 1) || !Number.isFinite(own)) return undefined;
    if (steps > MOST_MISSED) return 'gap';
    const seasons = this.current.seasons.map((season) => rotated(season, steps - 1));
    const seasonal = seasons.reduce((sum, season) => sum + season[0]!, 0);
    const remainder = own - level - seasonal - middle;
    const reach = CLIPPED_AT * sigma;
    const followed = level + pace * (sigma > 0 ? Math.min(reach, Math.max(-reach, remainder)) : remainder);
    this.current = {
      ...this.current,
      ...{ time: timeMs, level: followed, seasons: seasons.map((season) => rotated(season, 1)) },
    };
    const back = (part: number): number => (logarithmic ? Math.exp(part) : part);
    return {
      ...{ time: timeMs, value, expected: back(level + middle + seasonal) },
      score: remainder === 0 ? 0 : remainder / sigma,
      ...{ trend: back(level), seasonal: back(seasonal) },
    };
  }
}

/**
 * What a scorer begins with: the end of a decomposition, and how far its values were from the trend of the step before
 * and the season of the time before (their surprises).
 *
 * @example
 * const part = (values) => Float64Array.from(values);
 * const decomposition = { times: part([0, 10, 20, 30]), observed: part([6, 4, 6, 4]), trend: part([NaN, 5, 5, NaN]), seasonal: part([1, -1, 1, -1]), seasonals: [], model: { method: 'stl', log: false, period: 2, stepMs: 10 } };
 * scorerState(decomposition).seasons; // => [[1, -1]]
 */
export function scorerState(
  decomposition: Pick<SeriesDecomposition, 'times' | 'observed' | 'trend' | 'seasonal' | 'seasonals'> & {
    model: Pick<SeriesDecomposition['model'], 'method' | 'log' | 'period' | 'stepMs'>;
  },
): ScorerState {
  const { times, observed, trend, seasonal, seasonals, model } = decomposition;
  const multiplicative = model.method === 'multiplicative';
  const scale = (part: Float64Array): Float64Array => (multiplicative ? part.map(Math.log) : part);
  const each = seasonals.length > 0 ? seasonals : [{ period: model.period, values: seasonal }];
  const { median: middle, sigma } = robustSpread(surprises(scale(observed), scale(trend), each, scale));
  const level = trend.findLast((value) => !Number.isNaN(value)) ?? NaN;
  return {
    logarithmic: model.log || multiplicative,
    stepMs: model.stepMs,
    time: times.at(-1)!,
    level: multiplicative ? Math.log(level) : level,
    seasons: each.map(({ period, values }) => Array.from(scale(values).slice(-period))),
    middle,
    sigma,
    pace: 2 / (Math.max(25, ...each.map(({ period }) => period)) + 1),
  };
}

/**
 * What each value of the past was beside the trend of the step before and the season of the time before: the remainder
 * itself is too small a measure for readings to come, as trend and season were fitted to it.
 */
function surprises(
  observed: Float64Array,
  trend: Float64Array,
  seasons: readonly { readonly period: number; readonly values: Float64Array }[],
  scale: (part: Float64Array) => Float64Array,
): Float64Array {
  const scaled = seasons.map(({ period, values }) => ({ period, values: scale(values) }));
  return observed
    .map((value, i) => {
      const expected = scaled.reduce(
        (sum, { period, values }) => sum + (values[i - period] ?? NaN),
        trend[i - 1] ?? NaN,
      );
      return value - expected;
    })
    .filter((surprise) => !Number.isNaN(surprise));
}

function rotated(season: readonly number[], by: number): number[] {
  const shift = by % season.length;
  return [...season.slice(shift), ...season.slice(0, shift)];
}
