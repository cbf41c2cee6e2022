import { TwinError } from '../../lib/reading/twin-error';
import { difference } from './compare';
import { decompositionMethods } from './decomposition-methods';
import { goldenTimes, goldenValues, readGoldenFiles, type GoldenCase, type GoldenFile } from './golden-file';
import { gridMethods } from './grid-methods';
import type { GoldenMethods, GoldenRun } from './method';
import { regressionMethods } from './regression-methods';
import { smoothingMethods } from './smoothing-methods';

const methods: GoldenMethods = { ...regressionMethods, ...gridMethods, ...decompositionMethods, ...smoothingMethods };

/** What became of one case: `problem` says what is wrong, `skipped` why it was not run; neither means passed. */
export interface GoldenResult {
  readonly id: string;
  readonly method: string;
  readonly problem?: string;
  readonly skipped?: string;
}

/** Runs every case of a folder of golden files, see its README. */
export function runGolden(folder: string): GoldenResult[] {
  return readGoldenFiles(folder).flatMap((file) => file.cases.map((golden) => runCase(golden, file)));
}

function runCase(golden: GoldenCase, file: GoldenFile): GoldenResult {
  const { id, method: name } = golden;
  const method = methods[name];
  if (!method) return { id, method: name, skipped: 'this method is not built yet' };
  const run = { golden, file, ...inputOf(golden, file) };
  const problem = judge(run, method);
  return problem === undefined ? { id, method: name } : { id, method: name, problem };
}

function inputOf(golden: GoldenCase, file: GoldenFile): { values: Float64Array; times: Float64Array } {
  const source = golden.input?.from === undefined ? golden : file.cases.find(({ id }) => id === golden.input?.from);
  const values = goldenValues(source?.input?.values ?? file.values ?? [], source?.input?.infAt);
  const times = source?.input?.times ? Float64Array.from(source.input.times) : goldenTimes(file);
  return { values, times };
}

function judge(run: GoldenRun, method: GoldenMethods[string]): string | undefined {
  const { outputs, check } = run.golden;
  let result;
  try {
    result = method.run(run);
  } catch (error) {
    if (!(error instanceof TwinError)) throw error;
    return 'raises' in outputs || method.mayRefuse?.(run) ? undefined : `refused: ${error.message}`;
  }
  if ('raises' in outputs) return `the library refuses (${JSON.stringify(outputs.message)}), but there was a result`;
  if (check.kind === 'elementwise') {
    // Where the reference is itself rounding noise (the season of a constant), closer than rounding means nothing.
    const rounding = 1e-14 * run.values.reduce((most, value) => Math.max(most, Math.abs(value) || 0), 0);
    const keys = check.on ?? Object.keys(outputs).filter((key) => !(key in (method.ignored ?? {})));
    for (const key of keys) {
      const found = difference(outputs[key] ?? null, result[key], { ...check, rounding }, key);
      if (found) return found;
    }
  }
  return method.judge?.(run, result);
}
