/**
 * What we use of simple-statistics. Its own types are marked as ECMAScript module only, although it ships CommonJS
 * beside it, so that a CommonJS project cannot take them.
 */
declare module 'simple-statistics' {
  /** Least-squares line y = m x + b through points [x, y]. */
  export function linearRegression(points: readonly (readonly [number, number])[]): { m: number; b: number };
}
