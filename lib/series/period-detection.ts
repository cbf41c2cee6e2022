import { autocorrelation } from './autocorrelation';
import { periodogram } from './periodogram';
import { evaluatePolynomial } from './polynomial-fit';
import { polynomialRegression } from './polynomial-regression';
import { median } from './quickselect';
import { refinePeriod } from './refine-period';

/** Chance at which a line in the spectrum of a series without season counts as one, all frequencies together. */
const FALSE_ALARM = 0.002;
/** Seasons that must be seen at least. */
const FEWEST_SEASONS = 3;
/** Of the periods that fit nearly as well as the best one (share of its autocorrelation) the shortest is the season. */
const NEARLY_AS_GOOD = 0.9;
/** Lines that are followed up, and their multiples: the strongest one may be an overtone of the season. */
const MOST_LINES = 8;
const MOST_MULTIPLES = 6;

/** A season that was found. */
export interface DetectedPeriod {
  /** Samples of one season. */
  readonly period: number;
  /** Autocorrelation of the detrended series at that distance, 0 to 1. */
  readonly correlation: number;
}

/**
 * Finds the season of a series, or that it has none (undefined).
 *
 * After a parabola is taken out, a season must show as a line in the periodogram that stands out of its surroundings
 * (the running median over about an octave, so that the red noise of a drifting series is no season), and as a peak of
 * the autocorrelation at that period or a multiple; `refinePeriod` then places it. At least three seasons must be
 * there.
 *
 * Gap policy: none may be missing, fill them first. Cost: n log n. Accuracy: on white noise, random walks and
 * autoregressions below 3 % false alarms.
 *
 * @example
 * detectPeriod(Float64Array.from({ length: 60 }, (_, i) => [1, 5, 2, 8, 3][i % 5])).period; // => 5
 * detectPeriod(Float64Array.of(1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1)); // => undefined
 */
export function detectPeriod(values: Float64Array): DetectedPeriod | undefined {
  const n = values.length;
  if (n < 4 * FEWEST_SEASONS) return undefined;
  const parabola = polynomialRegression(
    values.map((_, i) => i),
    values,
    2,
  );
  const detrended = values.map((value, i) => value - evaluatePolynomial(parabola, i));
  if (!(parabola.residualSquares > n * (1e-12 * (values[0]! || 1)) ** 2)) return undefined;
  const lines = spectralLines(periodogram(detrended).powers);
  if (lines.length === 0) return undefined;
  const longest = Math.floor(n / FEWEST_SEASONS);
  const correlations = autocorrelation(detrended, longest + 1);
  const peaks = lines.flatMap((line) => peaksNear(line, n, longest, correlations));
  const best = peaks.reduce((most, { correlation }) => Math.max(most, correlation), 0);
  const least = Math.max(NEARLY_AS_GOOD * best, 2 / Math.sqrt(n));
  const found = peaks.filter(({ correlation }) => correlation >= least).sort((a, b) => a.period - b.period)[0];
  if (!found) return undefined;
  const period = Math.round(refinePeriod(values, found.line) ?? found.period);
  return { period: Math.min(longest, Math.max(2, period)), correlation: found.correlation };
}

/** Frequencies (in cycles per series) that stand out of their surroundings, the strongest first. */
function spectralLines(powers: Float64Array): number[] {
  const last = powers.length - 1;
  // Powers of noise are exponentially distributed: the largest of so many exceeds its mean by this factor only by
  // chance.
  const threshold = Math.log(last / FALSE_ALARM);
  const found: number[] = [];
  // The surroundings change slowly with k: their median is taken anew at every tenth of an octave or so.
  let around = NaN;
  let renewAt = FEWEST_SEASONS;
  for (let k = FEWEST_SEASONS; k <= last; k++) {
    if (k >= renewAt) {
      const half = Math.max(4, Math.round(0.45 * k));
      const from = Math.max(1, Math.min(k - half, last - 2 * half));
      around = median(powers.subarray(from, Math.min(last, from + 2 * half) + 1)) / Math.LN2;
      renewAt = k + Math.max(1, Math.floor(0.07 * k));
    }
    // A strong line leaks to both sides, ever weaker: only its top counts.
    const top = k === last || powers[k]! >= powers[k + 1]!;
    if (powers[k]! > threshold * around && top && (k === FEWEST_SEASONS || powers[k]! >= powers[k - 1]!)) found.push(k);
  }
  return found.sort((a, b) => powers[b]! - powers[a]!).slice(0, MOST_LINES);
}

/** The peaks of the autocorrelation at the period of a line and its multiples (`line`), within the width of a line. */
function peaksNear(line: number, n: number, longest: number, correlations: Float64Array) {
  const peaks: (DetectedPeriod & { readonly line: number })[] = [];
  for (let multiple = 1; multiple <= MOST_MULTIPLES; multiple++) {
    const from = Math.max(2, Math.floor((multiple * n) / (line + 0.6)));
    const to = Math.min(longest, Math.ceil((multiple * n) / (line - 0.6)));
    let period = from;
    for (let lag = from; lag <= to; lag++) if (correlations[lag]! > correlations[period]!) period = lag;
    const correlation = correlations[period] ?? NaN;
    if (correlation > correlations[period - 1]! && correlation >= correlations[period + 1]!)
      peaks.push({ period, correlation, line: (multiple * n) / line });
  }
  return peaks;
}
