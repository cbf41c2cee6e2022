/**
 * Transformation of Box and Cox: (value^lambda - 1) / lambda, the natural logarithm at 0. It makes swings that grow
 * with the level even.
 *
 * Reference: Box and Cox, Journal of the Royal Statistical Society B 26 (1964). Domain: values above 0, else `NaN` or
 * infinite. Gap policy: `NaN` stays. Cost: one power per value.
 *
 * @example
 * boxCox(Float64Array.of(1, 4), 0.5); // => Float64Array.of(0, 2)
 * boxCox(Float64Array.of(1), 0); // => Float64Array.of(0)
 */
export function boxCox(values: Float64Array, lambda: number): Float64Array {
  return lambda === 0 ? values.map(Math.log) : values.map((value) => (value ** lambda - 1) / lambda);
}

/**
 * Back from `boxCox`. What lies beyond the end of its range, where no value leads to, becomes that end: 0 for a lambda
 * above 0, infinity below.
 *
 * @example
 * inverseBoxCox(Float64Array.of(2, -9), 0.5); // => Float64Array.of(4, 0)
 */
export function inverseBoxCox(values: Float64Array, lambda: number): Float64Array {
  if (lambda === 0) return values.map(Math.exp);
  return values.map((value) => Math.max(0, 1 + lambda * value) ** (1 / lambda));
}
