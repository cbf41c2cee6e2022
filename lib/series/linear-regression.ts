import { linearRegression as leastSquaresLine } from 'simple-statistics';
import { checkRegressionPoints } from './known-points';
import type { PolynomialFit } from './polynomial-fit';
import { polynomialRegression } from './polynomial-regression';

/** simple-statistics takes one array per point: for more points than these that costs more than all else. */
const MOST_PAIRS = 100_000;

/**
 * Least-squares straight line, by simple-statistics on centred and scaled x and y.
 *
 * Centring matters: on epoch milliseconds the uncentred sums cancel, and the slope can come out with the wrong sign.
 * With one x only the line is level. Gap policy: none may be missing, see `knownPoints`.
 *
 * Domain: x and y of the same length, in any order. Cost: linear. Above 100,000 points the same line is taken from
 * `polynomialRegression`, which needs no array per point.
 * Accuracy: relative 1e-14 against exact rational least squares on epoch ms.
 * Errors: `SERIES_EMPTY` no point, `SERIES_GAPS` a missing or infinite value, `SERIES_LENGTHS`.
 *
 * @example
 * evaluatePolynomial(linearRegression(Float64Array.of(0, 1, 2), Float64Array.of(1, 3, 5)), 3); // => 7
 */
export function linearRegression(x: Float64Array, y: Float64Array): PolynomialFit {
  checkRegressionPoints(x, y);
  if (x.length > MOST_PAIRS) return polynomialRegression(x, y, 1);
  const centre = meanOf(x);
  const mean = meanOf(y);
  const scale = x.reduce((most, value) => Math.max(most, Math.abs(value - centre)), 0) || 1;
  const pairs: [number, number][] = [];
  for (let i = 0; i < x.length; i++) pairs.push([(x[i]! - centre) / scale, y[i]! - mean]);
  const { m, b } = leastSquaresLine(pairs);
  return describeLine(pairs, Number.isFinite(m) ? m : 0, Number.isFinite(m) ? b : 0, { centre, scale, mean });
}

function meanOf(values: Float64Array): number {
  let mean = 0;
  for (let i = 0; i < values.length; i++) mean += (values[i]! - mean) / (i + 1);
  return mean;
}

/** The line as polynomial of degree 1 in the orthogonal basis, with the sums that intervals need. */
function describeLine(
  pairs: [number, number][],
  slope: number,
  intercept: number,
  { centre, scale, mean }: { centre: number; scale: number; mean: number },
): PolynomialFit {
  const points = pairs.length;
  let a0 = 0;
  let meanV = 0;
  for (const [u, v] of pairs) {
    a0 += u / points;
    meanV += v / points;
  }
  let norm = 0;
  let a1 = 0;
  let residualSquares = 0;
  let totalSquares = 0;
  for (const [u, v] of pairs) {
    norm += (u - a0) ** 2;
    a1 += u * (u - a0) ** 2;
    residualSquares += (v - slope * u - intercept) ** 2;
    totalSquares += (v - meanV) ** 2;
  }
  const shared = { centre, scale, points, residualSquares, totalSquares };
  const level = mean + intercept + slope * a0;
  if (norm === 0) return { ...shared, a: [a0], b: [0], norms: [points], coefficients: [level] };
  return { ...shared, a: [a0, a1 / norm], b: [0, norm / points], norms: [points, norm], coefficients: [level, slope] };
}
