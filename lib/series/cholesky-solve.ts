/**
 * Solves A x = b for a symmetric, positive definite matrix by Cholesky's decomposition, and gives the inverse of A as
 * well.
 *
 * `matrix` is the whole of A by rows. Domain: positive definite, else the result holds `NaN`. Cost: size³.
 *
 * @example
 * choleskySolve([[4, 2], [2, 3]], [8, 7]).solution; // => [1.25, 1.5]
 */
export function choleskySolve(matrix: readonly (readonly number[])[], right: readonly number[]) {
  const size = right.length;
  const lower = matrix.map(() => new Array<number>(size).fill(0));
  for (let i = 0; i < size; i++) {
    for (let j = 0; j <= i; j++) {
      let sum = matrix[i]![j]!;
      for (let k = 0; k < j; k++) sum -= lower[i]![k]! * lower[j]![k]!;
      lower[i]![j] = i === j ? Math.sqrt(sum) : sum / lower[j]![j]!;
    }
  }
  const solve = (vector: readonly number[]): number[] => {
    const x = [...vector];
    for (let i = 0; i < size; i++) {
      for (let k = 0; k < i; k++) x[i]! -= lower[i]![k]! * x[k]!;
      x[i]! /= lower[i]![i]!;
    }
    for (let i = size - 1; i >= 0; i--) {
      for (let k = i + 1; k < size; k++) x[i]! -= lower[k]![i]! * x[k]!;
      x[i]! /= lower[i]![i]!;
    }
    return x;
  };
  return { solution: solve(right), inverse: matrix.map((_, i) => solve(matrix.map((_, k) => Number(k === i)))) };
}
