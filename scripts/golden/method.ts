import type { GoldenCase, GoldenFile, GoldenValue } from './golden-file';

/** What a method gets: the case, the values and times it is about, and the file it stands in. */
export interface GoldenRun {
  readonly golden: GoldenCase;
  readonly file: GoldenFile;
  readonly values: Float64Array;
  readonly times: Float64Array;
}

/** How our code answers the cases of one method. */
export interface GoldenMethod {
  run(run: GoldenRun): Record<string, GoldenValue>;
  /** Keys of the reference that are not an answer, each with the reason. */
  readonly ignored?: Readonly<Record<string, string>>;
  /** True for a case whose rule allows a refusal. */
  mayRefuse?(run: GoldenRun): boolean;
  /** Own judgement for checks that are not element by element: what is wrong, or undefined. */
  judge?(run: GoldenRun, result: Record<string, GoldenValue>): string | undefined;
}

export type GoldenMethods = Readonly<Record<string, GoldenMethod>>;
