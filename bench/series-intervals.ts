/**
 * How often the intervals of `auto` hold on simulated series of known processes, by the degrees of freedom that
 * calibration gives each independent forecast (`calibrate`). Its constant was chosen here; no recorded series had a
 * part in it.
 *
 *     npm run bench:intervals -- [REPLICATES]
 *
 * For each process and length: the share of the twelve values after the end that fell within the intervals, which
 * learned from a back-test of the series before it. Takes 6 s for each replicate.
 */
import { calibrate } from '../lib/series/calibration';
import { chooseMethod } from '../lib/series/choose-method';
import { halfWidths } from '../lib/series/evaluate-forecaster';
import { scaledErrorsOf } from '../lib/series/judged-forecast';
import { mersenneTwister } from '../lib/series/mersenne-twister';
import { normalQuantile } from '../lib/series/normal-quantile';
import { trainingSeries } from '../lib/series/training-series';

const LEVELS = [0.8, 0.95];
const FREEDOMS = [1, 2, 3, 4, 6, 10, Infinity];
const LENGTHS = [60, 120, 240];
/** Points by which the coverage may miss its level. */
const CLOSE = 0.05;
const HORIZON = 12;
const REPLICATES = Number(process.argv[2] ?? 60);
/** Values that a process runs before it is looked at. */
const WARM_UP = 100;

const random = mersenneTwister(20_260_101);
const noise = (): number => normalQuantile((random() + 0.5) / 2 ** 32);

interface Process {
  readonly name: string;
  readonly period: number;
  /** Starts anew; each call gives the next value. */
  readonly begin: () => () => number;
}

const season = () => Array.from({ length: HORIZON }, () => 3 * noise());

/** The textbook processes of the methods that `auto` combines, and two that belong to none. */
const PROCESSES: readonly Process[] = [
  { name: 'white noise', period: 1, begin: () => noise },
  { name: 'autoregression 0.7', period: 1, begin: () => autoregression(0.7) },
  { name: 'random walk', period: 1, begin: () => walk(0) },
  { name: 'random walk with drift', period: 1, begin: () => walk(0.3) },
  { name: 'IMA(1,1) 0.6', period: 1, begin: () => level(0.4) },
  { name: 'local linear trend', period: 1, begin: localTrend },
  { name: 'season and noise', period: HORIZON, begin: () => seasonal(noise) },
  { name: 'season and AR 0.7', period: HORIZON, begin: () => seasonal(autoregression(0.7)) },
  { name: 'season and random walk', period: HORIZON, begin: () => seasonal(walk(0)) },
  { name: 'ETS(A,N,A)', period: HORIZON, begin: movingSeason },
  { name: 'airline model', period: HORIZON, begin: airline },
  { name: 'season, heavy tails', period: HORIZON, begin: () => seasonal(heavy) },
  { name: 'season, noise by level', period: HORIZON, begin: multiplicative },
];

function autoregression(phi: number): () => number {
  let value = 0;
  return () => (value = phi * value + noise());
}

function walk(drift: number): () => number {
  let value = 0;
  return () => (value += drift + noise());
}

function level(alpha: number): () => number {
  let value = 0;
  return () => {
    const error = noise();
    const seen = value + error;
    value += alpha * error;
    return seen;
  };
}

function localTrend(): () => number {
  let [value, slope] = [0, 0];
  return () => {
    slope += 0.05 * noise();
    value += slope + 0.5 * noise();
    return value + noise();
  };
}

function seasonal(rest: () => number): () => number {
  const pattern = season();
  let i = 0;
  return () => pattern[i++ % HORIZON]! + rest();
}

function movingSeason(): () => number {
  const pattern = season();
  let [value, i] = [0, 0];
  return () => {
    const error = noise();
    const seen = value + pattern[i % HORIZON]! + error;
    value += 0.3 * error;
    pattern[i++ % HORIZON]! += 0.2 * error;
    return seen;
  };
}

/** SARIMA(0,1,1)(0,1,1) with thetas of 0.4 and 0.6, of Box and Jenkins. */
function airline(): () => number {
  const [values, errors] = [Array<number>(HORIZON + 1).fill(0), Array<number>(HORIZON + 1).fill(0)];
  return () => {
    const error = noise();
    const change = error - 0.4 * errors.at(-1)! - 0.6 * errors.at(-HORIZON)! + 0.24 * errors.at(-HORIZON - 1)!;
    values.push(values.at(-1)! + values.at(-HORIZON)! - values.at(-HORIZON - 1)! + change);
    errors.push(error);
    return values.at(-1)!;
  };
}

/** Student's t with four degrees of freedom. */
function heavy(): number {
  return noise() / Math.sqrt((noise() ** 2 + noise() ** 2 + noise() ** 2 + noise() ** 2) / 4);
}

function multiplicative(): () => number {
  const pattern = season().map((value) => Math.exp(value / 10));
  let [value, i] = [100, 0];
  return () => {
    value *= 1.003;
    return value * pattern[i++ % HORIZON]! * Math.exp(0.05 * noise());
  };
}

/** The share of the values after the end that were covered: all levels of one freedom, then those of the next. */
function covered(values: Float64Array, period: number): number[] {
  const times = values.map((_, i) => i * 3_600_000);
  const known = values.length - HORIZON;
  const choice = chooseMethod(times.subarray(0, known), values.subarray(0, known), {
    ...{ evaluation: 'back-test', period, horizon: HORIZON, testShare: 0.3, seed: 1, folds: 10 },
    ...{ transform: 'automatic', mean: false },
  });
  const fitted = choice.forecaster.fit(trainingSeries(times, values, period, known));
  const ahead = times.subarray(known);
  const errors = scaledErrorsOf({
    ...{ times: ahead, actual: values.subarray(known) },
    ...{ predicted: fitted.forecast(ahead), halves: halfWidths(fitted, ahead) },
  });
  return FREEDOMS.flatMap((freedom) =>
    calibrate(choice.evaluation?.forecasts ?? [], LEVELS, freedom).map(
      ({ factor }) => errors.filter((error) => error <= factor).length / HORIZON,
    ),
  );
}

const shown = (shares: readonly number[]) => shares.map((share) => (100 * share).toFixed(1).padStart(6)).join('');
const meanOf = (all: readonly (readonly number[])[]) =>
  all[0]!.map((_, k) => all.reduce((sum, own) => sum + own[k]!, 0) / all.length);

console.log(`${'values covered, %'.padEnd(32)}${FREEDOMS.map((freedom) => `${freedom} each`.padStart(12)).join('')}`);
console.log(
  `${''.padEnd(32)}${FREEDOMS.map(() => LEVELS.map((level) => String(100 * level).padStart(6)).join('')).join('')}`,
);
const byProcess = PROCESSES.flatMap(({ name, period, begin }) =>
  LENGTHS.map((length) => {
    const rounds = Array.from({ length: REPLICATES }, () => {
      const next = begin();
      const values = Float64Array.from({ length: WARM_UP + length + HORIZON }, next).subarray(WARM_UP);
      return covered(values, period);
    });
    const mean = meanOf(rounds);
    console.log(`${name.padEnd(26)}${String(length).padStart(6)}${shown(mean)}`);
    return mean;
  }),
);
console.log(`${'mean'.padEnd(32)}${shown(meanOf(byProcess))}`);
const misses = byProcess.map((shares) => shares.map((share, k) => Math.abs(share - LEVELS[k % LEVELS.length]!)));
console.log(`${'mean miss, points'.padEnd(32)}${shown(meanOf(misses))}`);
for (const [f, freedom] of FREEDOMS.entries()) {
  const first = f * LEVELS.length;
  const close = misses.filter((own) => own.slice(first, first + LEVELS.length).every((miss) => miss <= CLOSE)).length;
  console.log(`${freedom} each: within ${100 * CLOSE} points at both levels for ${close} of ${byProcess.length}`);
}
