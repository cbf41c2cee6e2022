/**
 * How fast lib/series is, beside statsmodels in the same run where there is a Python, and how long the event loop is
 * held up.
 *
 *     npm run bench:series
 *
 * statsmodels comes from the Python that `PYTHON` names, else from a virtual environment in `.data/statsmodels`, made
 * on first use with the packages of `bench/requirements.txt`.
 */
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { AnalysisThread } from '../lib/series/analysis-thread';
import { classicalDecomposition } from '../lib/series/classical-decomposition';
import { fitHoltWinters } from '../lib/series/fit-holt-winters';
import { forecastSeries, type ForecastOptions } from '../lib/series/forecast-series';
import { linearRegression } from '../lib/series/linear-regression';
import { detectPeriod } from '../lib/series/period-detection';
import { stl } from '../lib/series/stl';
import { pythonEnvironment, type PythonEnvironment } from '../test/support/python-environment';

/** A day and a period of 24 samples, with noise that the Python side makes alike. */
function series(n: number): Float64Array {
  return Float64Array.from({ length: n }, (_, i) => {
    const noise = (Math.sin(i * 12.9898) * 43758.5453) % 1;
    return 20 + 0.5 * Math.sin((2 * Math.PI * i) / 1440) + 2 * Math.sin((2 * Math.PI * i) / 24) + noise;
  });
}

function counting(n: number): Float64Array {
  const x = new Float64Array(n);
  for (let i = 0; i < n; i++) x[i] = i;
  return x;
}

interface Task {
  readonly name: string;
  readonly n: number;
  readonly run: (values: Float64Array) => unknown;
}
const tasks: Task[] = [
  { name: 'classical p24', n: 1_000_000, run: (y) => classicalDecomposition(y, { model: 'additive', period: 24 }) },
  { name: 'classical p1440', n: 1_000_000, run: (y) => classicalDecomposition(y, { model: 'additive', period: 1440 }) },
  { name: 'stl p24', n: 100_000, run: (y) => stl(y, { period: 24 }) },
  { name: 'stl robust p24', n: 100_000, run: (y) => stl(y, { period: 24, robust: true }) },
  {
    name: 'holt-winters add p24',
    n: 1000,
    run: (y) => fitHoltWinters(y, { trend: 'additive', damped: false, seasonal: 'additive', period: 24 }),
  },
  {
    name: 'linear',
    n: 1_000_000,
    run: (y) => linearRegression(counting(y.length), y),
  },
  { name: 'period detection', n: 100_000, run: (y) => detectPeriod(y) },
];

/** Quick work is repeated for half a second: on a busy machine three rounds say more about the others. */
const LONG_ENOUGH_MS = 500;

function bestOf(rounds: number, work: () => unknown): number {
  let best = Infinity;
  const start = performance.now();
  for (let round = 0; round < rounds || (rounds > 1 && performance.now() - start < LONG_ENOUGH_MS); round++) {
    const began = performance.now();
    work();
    best = Math.min(best, performance.now() - began);
  }
  return best;
}

const REQUIREMENTS = 'bench/requirements.txt';

/** Its milliseconds by task, or why there are none. */
function statsmodels(): Record<string, number> | string {
  const python = pythonWithStatsmodels();
  if ('missing' in python) return python.missing;
  const { status, stdout, stderr, error } = spawnSync(python.python, [join(__dirname, 'series-statsmodels.py')], {
    encoding: 'utf8',
  });
  if (status === 0) return JSON.parse(stdout) as Record<string, number>;
  return `${python.python}: ${error?.message ?? stderr.trim().split('\n').at(-1)}. Its packages: ${python.python} -m pip install -r ${REQUIREMENTS}`;
}

function pythonWithStatsmodels(): PythonEnvironment {
  const named = process.env['PYTHON'];
  if (named) return { python: named };
  try {
    return pythonEnvironment('statsmodels', REQUIREMENTS);
  } catch (error) {
    const missing = `${(error as Error).message.trim()}\nOr set PYTHON to a Python with the packages of ${REQUIREMENTS}`;
    return { missing };
  }
}

async function loopDelay(): Promise<void> {
  const thread = new AnalysisThread({ workerFile: join(__dirname, '../test/lib/series/source-worker.cjs') });
  const options = { method: 'stl', period: '24', log: false, extrapolate: false, robust: false } as const;
  const job = (n: number) => {
    const values = series(n);
    return { kind: 'decompose', series: { times: values.map((_, i) => i * 1000), values }, options } as const;
  };
  await thread.run<'decompose'>(job(100));
  const long = job(1_000_000);
  const delay = monitorEventLoopDelay({ resolution: 1 });
  delay.enable();
  const began = performance.now();
  await thread.run<'decompose'>(long);
  const took = performance.now() - began;
  delay.disable();
  await thread.close();
  console.log(
    `\nSTL of 1,000,000 values in a thread: ${took.toFixed(0)} ms; event loop delay p99 ${(delay.percentile(99) / 1e6).toFixed(1)} ms, most ${(delay.max / 1e6).toFixed(1)} ms`,
  );
}

async function main(): Promise<void> {
  const theirTimes = statsmodels();
  if (typeof theirTimes === 'string') console.log(`No figures of statsmodels here: ${theirTimes}\n`);
  console.log(
    `${'best of 3 or more, ms'.padEnd(24)}${'values'.padStart(10)}${'ours'.padStart(10)}${'statsmodels'.padStart(14)}${'ratio'.padStart(8)}`,
  );
  for (const { name, n, run } of tasks) {
    const values = series(n);
    const ours = bestOf(3, () => run(values));
    const theirs = typeof theirTimes === 'string' ? undefined : theirTimes[name];
    const columns = [
      ours.toFixed(1).padStart(10),
      (theirs?.toFixed(1) ?? '-').padStart(14),
      (theirs ? (theirs / ours).toFixed(1) : '-').padStart(8),
    ];
    console.log(`${name.padEnd(24)}${String(n).padStart(10)}${columns.join('')}`);
  }
  console.log(
    `\n${'forecast, back-test of 10, ms'.padEnd(34)}${[100, 1000, 10_000].map((n) => String(n).padStart(10)).join('')}`,
  );
  for (const method of ['linear', 'seasonal-naive', 'theta', 'smoothing', 'harmonics', 'stl', 'auto'] as const) {
    const options: ForecastOptions = {
      ...{ method, degree: 2, trend: 'automatic', season: 'automatic', period: '24', horizon: 24, levels: [0.95] },
      ...{ calibrate: true, evaluation: 'back-test', testShare: 0.3, seed: 42, folds: 10 },
    };
    const times = [100, 1000, 10_000].map((n) => {
      const values = series(n);
      return bestOf(1, () => forecastSeries({ times: values.map((_, i) => i * 1000), values }, options));
    });
    console.log(`${method.padEnd(34)}${times.map((ms) => ms.toFixed(1).padStart(10)).join('')}`);
  }
  await loopDelay();
}

void main();
