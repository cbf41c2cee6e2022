import { TwinError } from '../reading/twin-error';
import { randomPermutation } from './random-permutation';

/** Indices of the points to learn from and of those held back. */
export interface TrainTestSplit {
  readonly train: Uint32Array;
  readonly test: Uint32Array;
}

/**
 * Splits n points into a part to learn from and a part held back; the test part has `ceil(n * testShare)` points.
 *
 * Without a seed the test part is the end of the series: what a forecast is judged by. With a seed the points are
 * shuffled first, index for index as scikit-learn's `train_test_split(…, test_size=testShare, random_state=seed)`: then
 * the model has seen the neighbours of every test point, and its score says nothing about the future.
 *
 * Errors: `SERIES_OPTION` share not between 0 and 1, `SERIES_TOO_SHORT` a part would be empty. Cost: linear.
 *
 * @example
 * trainTestSplit(5, 0.3); // => { train: Uint32Array.of(0, 1, 2), test: Uint32Array.of(3, 4) }
 * trainTestSplit(5, 0.3, 42); // => { train: Uint32Array.of(2, 0, 3), test: Uint32Array.of(1, 4) }
 */
export function trainTestSplit(n: number, testShare: number, seed?: number): TrainTestSplit {
  if (!(testShare > 0 && testShare < 1)) {
    throw new TwinError('SERIES_OPTION', `The test part must be between 0 and 1 of the series, got ${testShare}`);
  }
  const tests = Math.ceil(n * testShare);
  if (tests === 0 || tests >= n) {
    throw new TwinError(
      'SERIES_TOO_SHORT',
      `${n} points cannot be split into a part to learn from and a test part of ${testShare}`,
    );
  }
  if (seed === undefined) {
    const all = Uint32Array.from({ length: n }, (_, i) => i);
    return { train: all.slice(0, n - tests), test: all.slice(n - tests) };
  }
  const order = randomPermutation(n, seed);
  return { train: order.slice(tests), test: order.slice(0, tests) };
}
