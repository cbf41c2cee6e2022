import type { GoldenCheck, GoldenValue } from './golden-file';

/** What differs between a result and its reference, or undefined when they agree within the check. */
export function difference(
  reference: GoldenValue,
  result: GoldenValue | undefined,
  check: GoldenCheck,
  path = '',
): string | undefined {
  if (result === undefined) return `${path} is missing`;
  if (isUndefined(reference) || isUndefined(result)) {
    return isUndefined(reference) === isUndefined(result)
      ? undefined
      : `${path}: expected ${show(reference)}, got ${show(result)}`;
  }
  if (typeof reference === 'number') return numbersDiffer([reference], [result as number], check, path);
  if (typeof reference !== 'object' || reference === null)
    return reference === result ? undefined : `${path}: expected ${show(reference)}, got ${show(result)}`;
  if (isList(reference))
    return listsDiffer(Array.from(reference), Array.from(result as ArrayLike<GoldenValue>), check, path);
  for (const [key, value] of Object.entries(reference)) {
    const found = difference(value, (result as Record<string, GoldenValue>)[key], check, path ? `${path}.${key}` : key);
    if (found) return found;
  }
  return undefined;
}

function listsDiffer(
  reference: GoldenValue[],
  result: GoldenValue[],
  check: GoldenCheck,
  path: string,
): string | undefined {
  if (reference.length !== result.length) return `${path}: expected ${reference.length} values, got ${result.length}`;
  if (reference.every((value) => value === null || typeof value === 'number')) {
    return numbersDiffer(reference, result as (number | null)[], check, path);
  }
  for (const [i, value] of reference.entries()) {
    const found = difference(value, result[i], check, `${path}[${i}]`);
    if (found) return found;
  }
  return undefined;
}

/** The largest distance over the largest reference, so that a value near 0 beside large ones is no trap. */
function numbersDiffer(
  reference: (number | null)[],
  result: (number | null)[],
  check: GoldenCheck,
  path: string,
): string | undefined {
  let largest = 0;
  let distance = 0;
  let worst = 0;
  for (const [i, expected] of reference.entries()) {
    const got = result[i] ?? NaN;
    if (expected === null || Number.isNaN(got)) {
      if (expected === null && Number.isNaN(got)) continue;
      return `${path}[${i}]: expected ${expected}, got ${got}`;
    }
    largest = Math.max(largest, Math.abs(expected));
    if (Math.abs(got - expected) > distance) {
      distance = Math.abs(got - expected);
      worst = i;
    }
  }
  const tolerance = check.absTol ?? Math.max((check.relToMaxAbs ?? 0) * largest, check.rounding ?? 0);
  if (distance <= tolerance) return undefined;
  return `${path}[${worst}]: expected ${reference[worst]}, got ${result[worst]}, off by ${distance.toExponential(2)}, allowed ${tolerance.toExponential(2)}`;
}

function isUndefined(value: GoldenValue): boolean {
  return value === null || (typeof value === 'number' && Number.isNaN(value));
}

function isList(value: object): value is ArrayLike<GoldenValue> {
  return Array.isArray(value) || ArrayBuffer.isView(value);
}

function show(value: unknown): string {
  return JSON.stringify(value)?.slice(0, 80) ?? String(value);
}
