import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** Values of JSON as a case gives or a method returns them; `null` and `NaN` both mean undefined. */
export type GoldenValue =
  number | string | boolean | null | GoldenValue[] | ArrayLike<number> | { [key: string]: GoldenValue };

export interface GoldenCheck {
  kind: 'elementwise' | 'optimised' | 'membership' | 'set' | 'behaviour';
  relToMaxAbs?: number;
  absTol?: number;
  slopeRel?: number;
  r2Abs?: number;
  on?: string[];
  /** Distance that is rounding of the input, whatever the size of the reference. */
  rounding?: number;
  rule?: string;
}

/** One reference result: what was put in, what a library made of it, how to compare. */
export interface GoldenCase {
  id: string;
  method: string;
  library: string;
  params: Record<string, unknown>;
  input?: GoldenInput;
  outputs: Record<string, GoldenValue>;
  check: GoldenCheck;
}

export interface GoldenInput {
  values?: (number | null)[];
  times?: number[];
  /** Index of values that are infinite, which JSON cannot say. */
  infAt?: number[];
  /** Id of the case whose input is meant. */
  from?: string;
}

export interface GoldenFile {
  name: string;
  period: number | null;
  values?: (number | null)[];
  times?: number[];
  start?: number;
  stepMs?: number;
  cases: GoldenCase[];
}

/** The files of a folder that hold cases, in the order of their names. */
export function readGoldenFiles(folder: string): GoldenFile[] {
  return readdirSync(folder)
    .filter((name) => name.endsWith('.json'))
    .sort()
    .map((name) => JSON.parse(readFileSync(join(folder, name), 'utf8')) as Partial<GoldenFile>)
    .filter((file): file is GoldenFile => Array.isArray(file.cases));
}

/** Values of a series as the library takes them: `null` becomes `NaN`. */
export function goldenValues(values: (number | null)[], infAt: number[] = []): Float64Array {
  return Float64Array.from(values, (value, i) => (infAt.includes(i) ? Infinity : (value ?? NaN)));
}

/** Times of a file's own series. */
export function goldenTimes({ times, start = 0, stepMs = 1, values = [] }: GoldenFile): Float64Array {
  return times ? Float64Array.from(times) : Float64Array.from(values, (_, i) => start + i * stepMs);
}
