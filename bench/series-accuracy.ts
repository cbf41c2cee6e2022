/**
 * How good the forecasts of lib/series are on the series of a folder of golden files, beside those of R and statsmodels there.
 *
 *     npm run bench:accuracy -- [DIR]
 *
 * Prints MASE on the last 24 values of each series (the hold-out of the golden files), for each method and for `auto`; then
 * the share of values within the intervals of `auto` over several earlier hold-outs.
 */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { forecastSeries, type ForecastOptions } from '../lib/series/forecast-series';
import { intervalCoverage } from '../lib/series/interval-coverage';
import { meanAbsoluteScaledError } from '../lib/series/mean-absolute-scaled-error';
import { goldenValues, readGoldenFiles, type GoldenFile } from '../scripts/golden/golden-file';

const HORIZON = 24;
const HOLD_OUTS = 8;
const LEVELS = [0.8, 0.95];
const METHODS = ['auto', 'seasonal-naive', 'drift', 'linear', 'theta', 'harmonics', 'stl', 'smoothing'] as const;

const folder = process.argv[2] ?? join(__dirname, '..', 'test', 'golden');
const files = readGoldenFiles(folder).filter(({ values }) => values !== undefined && values.length > 3 * HORIZON);

function forecast(values: Float64Array, period: number, method: ForecastOptions['method'], levels: number[] = []) {
  const times = values.map((_, i) => i * 3_600_000);
  return forecastSeries(
    { times, values },
    {
      ...{
        method,
        degree: 2,
        trend: 'automatic',
        season: 'automatic',
        period: String(period),
        horizon: HORIZON,
        levels,
      },
      ...{ calibrate: true, evaluation: 'back-test', testShare: 0.3, seed: 42, folds: 10 },
    },
  );
}

function references({ name, cases }: GoldenFile): { statsmodels: number; r: number } {
  const scores = cases
    .filter(({ id }) => id.includes('/hw/') || id.includes('/ets/'))
    .map(({ outputs }) => (outputs.metricsHold as { mase?: number } | undefined)?.mase ?? Infinity);
  const file = join(folder, `${name}.r.json`);
  const r = existsSync(file)
    ? (JSON.parse(readFileSync(file, 'utf8')) as { methods: { ets?: { metricsHold?: { mase: number } } } }).methods.ets
        ?.metricsHold?.mase
    : undefined;
  return { statsmodels: Math.min(...scores), r: r ?? NaN };
}

const columns = ['statsmodels*', 'R ets', ...METHODS];
console.log(`${'MASE, last 24 values'.padEnd(24)}${columns.map((name) => name.padStart(15)).join('')}`);
const rows = files.map((file) => {
  const values = goldenValues(file.values!);
  const period = file.period ?? 1;
  const origin = values.length - HORIZON;
  const { statsmodels, r } = references(file);
  const scores = METHODS.map((method) => {
    const { values: predicted } = forecast(values.slice(0, origin), period, method);
    return meanAbsoluteScaledError(values.subarray(origin), predicted, values.subarray(0, origin), period);
  });
  const row = [statsmodels, r, ...scores];
  console.log(`${file.name.padEnd(24)}${row.map((score) => score.toFixed(3).padStart(15)).join('')}`);
  return row;
});
const means = columns.map((_, k) => rows.reduce((sum, row) => sum + row[k]!, 0) / rows.length);
console.log(`${'mean'.padEnd(24)}${means.map((score) => score.toFixed(3).padStart(15)).join('')}`);
console.log('* the best of its Holt-Winters and ETS models for each series, known only afterwards\n');

console.log(
  `${'coverage of auto'.padEnd(24)}${LEVELS.map((level) => `${level * 100} %`.padStart(15)).join('')}      hold-outs`,
);
for (const file of files) {
  const values = goldenValues(file.values!);
  const origins = Array.from({ length: HOLD_OUTS }, (_, k) => values.length - HORIZON - k * (HORIZON / 2)).filter(
    (origin) => origin >= Math.max(3 * HORIZON, 4 * (file.period ?? 1)),
  );
  const folds = origins.map((origin) => {
    const { intervals } = forecast(values.slice(0, origin), file.period ?? 1, 'auto', LEVELS);
    const actual = values.subarray(origin, origin + HORIZON);
    return intervals.map(({ lower, upper }) => intervalCoverage(actual, lower, upper));
  });
  const covered = LEVELS.map((_, k) => folds.reduce((sum, fold) => sum + fold[k]!, 0) / folds.length);
  console.log(
    `${file.name.padEnd(24)}${covered.map((share) => `${(100 * share).toFixed(1)} %`.padStart(15)).join('')}${String(origins.length).padStart(15)}`,
  );
}
