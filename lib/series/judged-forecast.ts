/** One forecast of a back-test beside what came. */
export interface JudgedForecast {
  /** Epoch ms. */
  readonly times: Float64Array;
  readonly actual: Float64Array;
  readonly predicted: Float64Array;
  /** See `halfWidths`. */
  readonly halves: HalfWidths;
}

/** Distances of both ends of an interval from the forecast. */
export interface HalfWidths {
  readonly below: Float64Array;
  readonly above: Float64Array;
}

/**
 * |error| over the half-width of one standard deviation on its side.
 *
 * @example
 * const halves = { below: Float64Array.of(1, 1), above: Float64Array.of(2, 2) };
 * scaledErrorsOf({ times: Float64Array.of(1, 2), actual: Float64Array.of(4, 0), predicted: Float64Array.of(2, 2), halves }); // => Float64Array.of(1, 2)
 */
export function scaledErrorsOf({ actual, predicted, halves }: JudgedForecast): Float64Array {
  return actual.map((value, i) => {
    const error = value - predicted[i]!;
    return error < 0 ? -error / halves.below[i]! : error / halves.above[i]!;
  });
}
