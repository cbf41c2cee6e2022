/**
 * At each step the middle between the weighted mean and the weighted median of several forecasts: the mean uses what
 * all of them know, the median does not follow one that has run away. Weights need not add to 1.
 *
 * The median is that of the weights laid side by side in the order of the values, straight lines between their middles.
 * A forecast with a value that is not finite is left out; without any other the result is `NaN`. Reference: Jose and
 * Winkler, International Journal of Forecasting 24 (2008), for robust means of forecasts. Cost: steps × forecasts × log
 * forecasts.
 *
 * @example
 * weightedCentre([Float64Array.of(1), Float64Array.of(2), Float64Array.of(9)], [1, 1, 1]); // => Float64Array.of(3)
 */
export function weightedCentre(forecasts: readonly Float64Array[], weights: readonly number[]): Float64Array {
  const mean = weightedMean(forecasts, weights);
  const sound = forecasts
    .map((values, k) => ({ values, weight: weights[k]! }))
    .filter(({ values, weight }) => weight > 0 && values.every(Number.isFinite));
  if (sound.length < 2) return mean;
  return mean.map((value, i) => {
    const sorted = sound.map(({ values, weight }) => ({ value: values[i]!, weight }));
    return (value + weightedMedian(sorted.sort((a, b) => a.value - b.value))) / 2;
  });
}

/**
 * Weighted mean at each step, under the same rules.
 *
 * @example
 * weightedMean([Float64Array.of(1), Float64Array.of(NaN), Float64Array.of(2)], [3, 1, 1]); // => Float64Array.of(1.25)
 */
export function weightedMean(parts: readonly Float64Array[], weights: readonly number[]): Float64Array {
  const sound = parts.map((part) => part.every(Number.isFinite));
  const total = weights.reduce((sum, weight, k) => sum + (sound[k] ? weight : 0), 0);
  return parts[0]!.map((_, i) => {
    let sum = total > 0 ? 0 : NaN;
    for (let k = 0; k < parts.length; k++) if (sound[k]) sum += (weights[k]! / total) * parts[k]![i]!;
    return sum;
  });
}

function weightedMedian(sorted: readonly { readonly value: number; readonly weight: number }[]): number {
  const half = sorted.reduce((sum, { weight }) => sum + weight, 0) / 2;
  let before = 0;
  let last: { readonly place: number; readonly value: number } | undefined;
  for (const { value, weight } of sorted) {
    const place = before + weight / 2;
    if (place >= half)
      return last ? last.value + ((half - last.place) / (place - last.place)) * (value - last.value) : value;
    last = { place, value };
    before += weight;
  }
  return last!.value;
}
