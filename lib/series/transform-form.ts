import { guerreroLambda } from './guerrero-lambda';

/**
 * Scale on which a method works: as the values are, their logarithm, or Box and Cox's with Guerrero's lambda.
 * `automatic`: `auto` takes the one that the back-test favours, a single method takes the values as they are.
 */
export type TransformForm = 'automatic' | 'none' | 'log' | 'box-cox';

/**
 * The lambda of a form for a series; undefined for none.
 *
 * @example
 * transformLambda('log', Float64Array.of(1, 2), 1); // => 0
 * transformLambda('none', Float64Array.of(1, 2), 1); // => undefined
 */
export function transformLambda(form: TransformForm, values: Float64Array, period: number): number | undefined {
  if (form === 'log') return 0;
  return form === 'box-cox' ? guerreroLambda(values, period) : undefined;
}
