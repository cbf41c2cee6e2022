/**
 * Probability of the standard normal distribution below x.
 *
 * Domain: all x. Reference: Hart (1968) as given by West, Wilmott Magazine 5 (2005). Accuracy: absolute 1e-15, in the
 * lower tail relative 1e-8.
 *
 * @example
 * Math.abs(normalProbability(1.959963984540054) - 0.975) < 1e-14; // => true
 * normalProbability(0); // => 0.5
 */
export function normalProbability(x: number): number {
  const size = Math.abs(x);
  if (Number.isNaN(x)) return NaN;
  if (size > 37) return x > 0 ? 1 : 0;
  const density = Math.exp((-size * size) / 2);
  const tail =
    size < 7.07106781186547
      ? (density * polynomial(NUMERATOR, size)) / polynomial(DENOMINATOR, size)
      : farTail(density, size);
  return x > 0 ? 1 - tail : tail;
}

const NUMERATOR = [
  220.206867912376, 221.213596169931, 112.079291497871, 33.912866078383, 6.37396220353165, 0.700383064443688,
  0.0352624965998911,
];
const DENOMINATOR = [
  440.413735824752, 793.826512519948, 637.333633378831, 296.564248779674, 86.7807322029461, 16.064177579207,
  1.75566716318264, 0.0883883476483184,
];

function polynomial(coefficients: readonly number[], x: number): number {
  return coefficients.reduceRight((sum, coefficient) => sum * x + coefficient, 0);
}

function farTail(density: number, size: number): number {
  const fraction = [4, 3, 2, 1].reduce((below, step) => size + step / below, size + 0.65);
  return density / fraction / 2.506628274631;
}
