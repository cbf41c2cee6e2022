/** A window of neighbours over which a local line is fitted. */
export interface LoessOptions {
  /** Points of the window, odd; more than there are points: all, with a wider weight function. */
  readonly window: number;
  /** 0: local mean, 1: local line. */
  readonly degree: 0 | 1;
  /** Fit every `jump`-th point, and draw lines between. */
  readonly jump: number;
}

/**
 * Local regression (LOESS) of evenly spaced values, with tricube weights, optionally times robustness weights.
 *
 * Reference: Cleveland, Cleveland, McRae and Terpenning, Journal of Official Statistics 6 (1990), as in `stl` of netlib
 * and statsmodels, with its thresholds. Gap policy: none may be missing; where all weights of a window are 0 the value
 * itself is taken. Cost: n × window / jump; without robustness weights the inner part is one fixed filter.
 *
 * `into` takes the result and may not be `values`.
 *
 * @example
 * loess(Float64Array.of(1, 2, 3, 4, 5), { window: 3, degree: 1, jump: 1 }, undefined, new Float64Array(5)); // => Float64Array.of(1, 2, 3, 4, 5)
 */
export function loess(
  values: Float64Array,
  options: LoessOptions,
  robustness: Float64Array | undefined,
  into: Float64Array,
): Float64Array {
  const n = values.length;
  const { window, jump } = options;
  if (n < 2) into.set(values);
  else if (window < n && jump === 1) smoothEveryPoint(values, options, robustness, into);
  else smoothByJumps(values, options, robustness, into);
  return into;
}

function smoothEveryPoint(
  values: Float64Array,
  options: LoessOptions,
  robustness: Float64Array | undefined,
  into: Float64Array,
): void {
  const n = values.length;
  const { window } = options;
  const half = (window - 1) >> 1;
  for (let i = 0; i < half; i++) {
    into[i] = orSelf(localFit(values, options, i, 0, window - 1, robustness), values[i]!);
    const j = n - 1 - i;
    into[j] = orSelf(localFit(values, options, j, n - window, n - 1, robustness), values[j]!);
  }
  const weights = tricubeWeights(half);
  if (robustness) robustInterior(values, options, half, weights, robustness, into);
  else plainInterior(values, half, weights, into);
}

/** Around an inner point the window is symmetric: the local line goes through the weighted mean there. */
function plainInterior(values: Float64Array, half: number, weights: Float64Array, into: Float64Array): void {
  const n = values.length;
  let total = weights[0]!;
  for (let d = 1; d <= half; d++) total += 2 * weights[d]!;
  const filter = weights.map((weight) => weight / total);
  for (let i = half; i < n - half; i++) {
    let sum = filter[0]! * values[i]!;
    for (let d = 1; d <= half; d++) sum += filter[d]! * (values[i - d]! + values[i + d]!);
    into[i] = sum;
  }
}

/**
 * The same with robustness weights, which leave no symmetry: sums of the local line, left and right neighbour in one
 * step.
 */
function robustInterior(
  values: Float64Array,
  { degree }: LoessOptions,
  half: number,
  weights: Float64Array,
  robustness: Float64Array,
  into: Float64Array,
): void {
  const n = values.length;
  const weighted = new Float64Array(n);
  for (let i = 0; i < n; i++) weighted[i] = values[i]! * robustness[i]!;
  const smallest = (0.001 * (n - 1)) ** 2;
  // A window this narrow beside the series never spreads enough for a slope: only the weighted mean is left of the
  // line.
  if (degree === 0 || half * half <= smallest) robustMeans(values, half, weights, robustness, weighted, into);
  else robustLines(values, half, weights, robustness, weighted, smallest, into);
}

function robustMeans(
  values: Float64Array,
  half: number,
  weights: Float64Array,
  robustness: Float64Array,
  weighted: Float64Array,
  into: Float64Array,
): void {
  for (let i = half; i < values.length - half; i++) {
    let w0 = weights[0]! * robustness[i]!;
    let y0 = weights[0]! * weighted[i]!;
    for (let d = 1; d <= half; d++) {
      w0 += weights[d]! * (robustness[i - d]! + robustness[i + d]!);
      y0 += weights[d]! * (weighted[i - d]! + weighted[i + d]!);
    }
    into[i] = w0 > 0 ? y0 / w0 : values[i]!;
  }
}

function robustLines(
  values: Float64Array,
  half: number,
  weights: Float64Array,
  robustness: Float64Array,
  weighted: Float64Array,
  smallest: number,
  into: Float64Array,
): void {
  for (let i = half; i < values.length - half; i++) {
    let w0 = weights[0]! * robustness[i]!;
    let w1 = 0;
    let w2 = 0;
    let y0 = weights[0]! * weighted[i]!;
    let y1 = 0;
    for (let d = 1; d <= half; d++) {
      const weight = weights[d]!;
      const left = robustness[i - d]!;
      const right = robustness[i + d]!;
      const yLeft = weighted[i - d]!;
      const yRight = weighted[i + d]!;
      const lever = weight * d;
      w0 += weight * (left + right);
      y0 += weight * (yLeft + yRight);
      w1 += lever * (right - left);
      w2 += lever * d * (left + right);
      y1 += lever * (yRight - yLeft);
    }
    if (!(w0 > 0)) {
      into[i] = values[i]!;
      continue;
    }
    const mean = y0 / w0;
    const centre = w1 / w0;
    const spread = w2 / w0 - centre * centre;
    into[i] = spread > smallest ? mean - (centre / spread) * (y1 / w0 - centre * mean) : mean;
  }
}

function smoothByJumps(
  values: Float64Array,
  options: LoessOptions,
  robustness: Float64Array | undefined,
  into: Float64Array,
): void {
  const n = values.length;
  const { window } = options;
  const jump = Math.min(options.jump, n - 1);
  const middle = (window + 1) >> 1;
  let left = 0;
  const fitAt = (i: number): number => {
    const right = window >= n ? n - 1 : left + window - 1;
    return orSelf(localFit(values, options, i, left, right, robustness), values[i]!);
  };
  let last = 0;
  into[0] = fitAt(0);
  for (let i = jump; i < n; i += jump) {
    left = window >= n || i + 1 < middle ? 0 : Math.min(i + 1 - middle, n - window);
    into[i] = fitAt(i);
    drawLine(into, last, i);
    last = i;
  }
  if (last === n - 1) return;
  // The last point is fitted over the window of the one before, as the reference does.
  into[n - 1] = fitAt(n - 1);
  drawLine(into, last, n - 1);
}

function drawLine(values: Float64Array, from: number, to: number): void {
  const slope = (values[to]! - values[from]!) / (to - from);
  for (let i = from + 1; i < to; i++) values[i] = values[from]! + slope * (i - from);
}

function tricubeWeights(half: number): Float64Array {
  return Float64Array.from({ length: half + 1 }, (_, distance) => tricube(distance, half));
}

function tricube(distance: number, reach: number): number {
  if (distance > 0.999 * reach) return 0;
  if (distance <= 0.001 * reach) return 1;
  const ratio = distance / reach;
  const rest = 1 - ratio * ratio * ratio;
  return rest * rest * rest;
}

function orSelf(fit: number, value: number): number {
  return Number.isNaN(fit) ? value : fit;
}

/**
 * Local fit at one place, from the points `left` … `right` (indices from 0, both included); `at` may lie one step
 * outside of the series. `NaN` when all weights are 0. Cost: the window.
 *
 * @example
 * localFit(Float64Array.of(1, 2, 3), { window: 3, degree: 1, jump: 1 }, 3, 0, 2, undefined); // => 4
 */
export function localFit(
  values: Float64Array,
  { window, degree }: LoessOptions,
  at: number,
  left: number,
  right: number,
  robustness: Float64Array | undefined,
): number {
  const n = values.length;
  let reach = Math.max(at - left, right - at);
  if (window > n) reach += (window - n) >> 1;
  let w0 = 0;
  let w1 = 0;
  let w2 = 0;
  let y0 = 0;
  let y1 = 0;
  for (let j = left; j <= right; j++) {
    const distance = j - at;
    let weight = tricube(Math.abs(distance), reach);
    if (robustness) weight *= robustness[j]!;
    w0 += weight;
    w1 += weight * distance;
    w2 += weight * distance * distance;
    y0 += weight * values[j]!;
    y1 += weight * distance * values[j]!;
  }
  if (w0 <= 0) return NaN;
  const mean = y0 / w0;
  if (degree === 0 || reach === 0) return mean;
  const centre = w1 / w0;
  const spread = w2 / w0 - centre * centre;
  return Math.sqrt(Math.max(0, spread)) > 0.001 * (n - 1) ? mean - (centre / spread) * (y1 / w0 - centre * mean) : mean;
}
