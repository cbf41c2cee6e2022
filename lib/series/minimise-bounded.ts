/** A function to minimise: its value at x; the gradient goes into the second argument. */
export type Objective = (x: Float64Array, gradient: Float64Array) => number;

export interface MinimiseOptions {
  readonly lower: Float64Array;
  readonly upper: Float64Array;
  /** Default 500. */
  readonly maxIterations?: number;
  /** Relative decrease within five steps at which it ends, default 1e-11. */
  readonly tolerance?: number;
}

export interface Minimum {
  readonly x: Float64Array;
  readonly value: number;
  readonly iterations: number;
}

interface Correction {
  readonly step: Float64Array;
  readonly change: Float64Array;
  readonly curvature: number;
}

const MEMORY = 12;
const WITHOUT_DECREASE = 5;

/**
 * Minimum of a smooth function within a box, by limited-memory BFGS with projection.
 *
 * Variables that lie on a bound and would leave it are held; the quasi-Newton step of the others is projected onto the
 * box and shortened until the value decreases enough (Armijo). A value that is not finite counts as too far. Finds a
 * local minimum. Reference: Bertsekas, SIAM J. Control and Optimization 20 (1982); Nocedal and Wright, Numerical
 * Optimization, 2nd ed., 7.2. Cost: one or two evaluations per step, memory 24 times the number of variables.
 *
 * @example
 * const bowl = (x, g) => { g[0] = 2 * (x[0] - 3); return (x[0] - 3) ** 2; };
 * minimiseBounded(bowl, Float64Array.of(0), { lower: Float64Array.of(-1), upper: Float64Array.of(2) }).x; // => Float64Array.of(2)
 */
export function minimiseBounded(objective: Objective, start: Float64Array, options: MinimiseOptions): Minimum {
  const { lower, upper, maxIterations = 500, tolerance = 1e-11 } = options;
  let x = start.map((value, i) => Math.min(upper[i]!, Math.max(lower[i]!, value)));
  let gradient = new Float64Array(x.length);
  let value = objective(x, gradient);
  const memory: Correction[] = [];
  const recent: number[] = [];
  let iterations = 0;
  for (; iterations < maxIterations && Number.isFinite(value); iterations++) {
    const free = x.map((at, i) =>
      Number(!((at <= lower[i]! && gradient[i]! > 0) || (at >= upper[i]! && gradient[i]! < 0))),
    );
    let direction = quasiNewton(gradient, memory, free);
    if (dot(direction, gradient) > -1e-14 * norm(direction) * norm(gradient)) {
      memory.length = 0;
      direction = gradient.map((slope, i) => -slope * free[i]!);
    }
    const first = memory.length === 0 ? Math.min(1, 0.1 / (norm(direction) || 1)) : 1;
    const found = search(objective, x, value, gradient, direction, first, options);
    if (!found) {
      if (memory.length === 0) break;
      memory.length = 0;
      continue;
    }
    remember(memory, subtract(found.x, x), subtract(found.gradient, gradient));
    ({ x, value, gradient } = found);
    recent.push(value);
    const before = recent.at(-1 - WITHOUT_DECREASE);
    if (before !== undefined && before - value <= tolerance * Math.abs(before)) break;
  }
  return { x, value, iterations };
}

/** Two-loop recursion on the free variables. */
function quasiNewton(gradient: Float64Array, memory: readonly Correction[], free: Float64Array): Float64Array {
  const direction = gradient.map((slope, i) => -slope * free[i]!);
  const weights: number[] = [];
  for (let k = memory.length - 1; k >= 0; k--) {
    const { step, change, curvature } = memory[k]!;
    weights[k] = dot(step, direction) / curvature;
    addTo(direction, change, -weights[k]!);
  }
  const last = memory.at(-1);
  if (last) scale(direction, last.curvature / dot(last.change, last.change));
  for (const [k, { step, change, curvature }] of memory.entries()) {
    addTo(direction, step, weights[k]! - dot(change, direction) / curvature);
  }
  return direction.map((value, i) => value * free[i]!);
}

function search(
  objective: Objective,
  x: Float64Array,
  value: number,
  gradient: Float64Array,
  direction: Float64Array,
  first: number,
  { lower, upper }: MinimiseOptions,
) {
  for (let length = first; length > 1e-12; length *= 0.4) {
    const next = x.map((at, i) => Math.min(upper[i]!, Math.max(lower[i]!, at + length * direction[i]!)));
    const nextGradient = new Float64Array(x.length);
    const nextValue = objective(next, nextGradient);
    const expected = dot(gradient, subtract(next, x));
    if (Number.isFinite(nextValue) && expected < 0 && nextValue <= value + 1e-4 * expected) {
      return { x: next, value: nextValue, gradient: nextGradient };
    }
  }
  return undefined;
}

function remember(memory: Correction[], step: Float64Array, change: Float64Array): void {
  const curvature = dot(step, change);
  if (!(curvature > 1e-12 * dot(change, change))) return;
  memory.push({ step, change, curvature });
  if (memory.length > MEMORY) memory.shift();
}

function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i]! * b[i]!;
  return sum;
}

function norm(a: Float64Array): number {
  return Math.sqrt(dot(a, a));
}

function subtract(a: Float64Array, b: Float64Array): Float64Array {
  return a.map((value, i) => value - b[i]!);
}

function addTo(a: Float64Array, b: Float64Array, factor: number): void {
  for (let i = 0; i < a.length; i++) a[i]! += factor * b[i]!;
}

function scale(a: Float64Array, factor: number): void {
  for (let i = 0; i < a.length; i++) a[i]! *= factor;
}
