/**
 * How good the forecasts of lib/series are on the series of a folder of golden files, beside those of R and statsmodels
 * there.
 *
 *     npm run bench:accuracy -- [DIR]
 *
 * Prints MASE on the last values of each series (the hold-out of the golden files, else 24), for each method and for
 * `auto`, and the same of `auto` and seasonal naive in the back-test of `auto` and over several earlier hold-outs; then
 * the share of values within the intervals of `auto`: over its back-test, each forecast with an interval that has not
 * learned from it nor from one that overlaps it, and over the hold-outs, which it has not seen at all.
 */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { forecastSeries, type ForecastOptions } from '../lib/series/forecast-series';
import { intervalCoverage } from '../lib/series/interval-coverage';
import { meanAbsoluteScaledError } from '../lib/series/mean-absolute-scaled-error';
import { goldenValues, readGoldenFiles, type GoldenFile } from '../scripts/golden/golden-file';

/** Values held back where the golden file does not say how many its references had to forecast. */
const USUAL_HORIZON = 24;
const HOLD_OUTS = 8;
const LEVELS = [0.8, 0.95];
/** Points by which the coverage may miss its level. */
const CLOSE = 0.05;
const METHODS = ['auto', 'seasonal-naive', 'drift', 'linear', 'theta', 'harmonics', 'stl', 'smoothing'] as const;

const folder = process.argv[2] ?? join(__dirname, '..', 'test', 'golden');
const all = readGoldenFiles(folder).filter(({ values }) => values !== undefined);
const files = all.filter((file) => file.values!.length >= 2.5 * horizonOf(file));
for (const file of all.filter((own) => !files.includes(own)))
  console.log(`${file.name} is left out: ${file.values!.length} values are too few to hold ${horizonOf(file)} back`);

function horizonOf({ cases }: GoldenFile): number {
  const held = cases.find(({ outputs }) => outputs.metricsHold !== undefined)?.params.horizon;
  return typeof held === 'number' ? held : USUAL_HORIZON;
}

function forecast(
  values: Float64Array,
  { period, horizon }: { period: number; horizon: number },
  method: ForecastOptions['method'],
  levels: number[] = [],
) {
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
        horizon,
        levels,
      },
      ...{ cutAtLevelChange: true, calibrate: true, evaluation: 'back-test', testShare: 0.3, seed: 42, folds: 10 },
    },
  );
}

/** What the same model does where there is no season, or a value is not above 0. */
const WITHOUT_SEASON: Readonly<Record<string, string>> = {
  ...{ 'hw/add-mul-estimated': 'hw/add-add-estimated', 'hw/add-mul-damped-estimated': 'hw/add-add-damped-estimated' },
  ...{ 'hw/add-add-estimated': 'hw/holt-estimated', 'hw/add-add-damped-estimated': 'hw/holt-damped-estimated' },
  ...{ 'hw/none-add-estimated': 'hw/ses-estimated', 'ets/AAA': 'ets/AAN', 'ets/ANA': 'ets/ANN' },
};

/** Scores of the models of statsmodels on the hold-out, by their name. */
function statsmodelsOf({ cases }: GoldenFile): Map<string, number> {
  return new Map(
    cases.flatMap(({ id, outputs }) => {
      const model = id.split('/').slice(1).join('/');
      const mase = (outputs.metricsHold as { mase?: number } | undefined)?.mase;
      return /^(hw|ets)\//.test(model) && typeof mase === 'number' ? [[model, mase] as const] : [];
    }),
  );
}

function scoreOf(scores: Map<string, number>, model: string): number {
  const other = WITHOUT_SEASON[model];
  return scores.get(model) ?? (other === undefined ? NaN : scoreOf(scores, other));
}

function etsOf({ name }: GoldenFile): number {
  const file = join(folder, `${name}.r.json`);
  if (!existsSync(file)) return NaN;
  const { methods } = JSON.parse(readFileSync(file, 'utf8')) as {
    methods: { ets?: { metricsHold?: { mase: number } } };
  };
  return methods.ets?.metricsHold?.mase ?? NaN;
}

const meanOf = (numbers: readonly number[]) => numbers.reduce((sum, value) => sum + value, 0) / numbers.length;
const shown = (score: number) => (Number.isFinite(score) ? score.toFixed(3) : '-').padStart(15);
/** A share; none where nothing could be measured, or the measure is beside an error of 0. */
const per = (share: number) => (Number.isFinite(share) ? `${(100 * share).toFixed(1)} %` : '-').padStart(15);

const columns = ['statsmodels*', 'R ets', ...METHODS];
console.log(`${'MASE, values held back'.padEnd(24)}${columns.map((name) => name.padStart(15)).join('')}`);
const scores = files.map(statsmodelsOf);
const rows = files.map((file, k) => {
  const values = goldenValues(file.values!);
  const period = file.period ?? 1;
  const horizon = horizonOf(file);
  const origin = values.length - horizon;
  const own = METHODS.map((method) => {
    const { values: predicted } = forecast(values.slice(0, origin), { period, horizon }, method);
    return meanAbsoluteScaledError(values.subarray(origin), predicted, values.subarray(0, origin), period);
  });
  const row = [Math.min(...scores[k]!.values()), etsOf(file), ...own];
  console.log(`${file.name.padEnd(24)}${row.map(shown).join('')}`);
  return row;
});
const means = columns.map((_, k) => meanOf(rows.map((row) => row[k]!)));
console.log(`${'mean'.padEnd(24)}${means.map(shown).join('')}`);
console.log('* the best of its Holt-Winters and ETS models for each series, known only afterwards\n');

const models = [...new Set(scores.flatMap((own) => [...own.keys()]))];
const singles = models.map((model) => ({ model, mean: meanOf(scores.map((own) => scoreOf(own, model))) }));
const single = singles.filter(({ mean }) => Number.isFinite(mean)).sort((a, b) => a.mean - b.mean)[0];
const [auto, naive] = [columns.indexOf('auto'), columns.indexOf('seasonal-naive')];
const worst = files
  .map(({ name }, k) => ({ name, ratio: rows[k]![auto]! / rows[k]![naive]! }))
  .filter(({ ratio }) => Number.isFinite(ratio))
  .sort((one, other) => other.ratio - one.ratio)[0];
console.log(`mean MASE of auto ${means[auto]!.toFixed(3)}; R ets ${shown(means[1]!).trim()}`);
if (single) console.log(`best single method of statsmodels: ${single.model}, mean ${single.mean.toFixed(3)}`);
if (worst) console.log(`auto beside seasonal naive, worst: ${worst.name}, ${per(worst.ratio - 1).trim()}`);
console.log();

/** Everything about `auto` that takes more than one forecast of a series. */
const judged = files.map((file) => {
  const values = goldenValues(file.values!);
  const period = file.period ?? 1;
  const horizon = horizonOf(file);
  const { model } = forecast(values, { period, horizon }, 'auto', LEVELS);
  const origins = Array.from(
    { length: HOLD_OUTS },
    (_, k) => values.length - horizon - k * Math.ceil(horizon / 2),
  ).filter((origin) => origin >= Math.max(3 * horizon, 4 * period));
  const unseen = origins.map((origin) => {
    const known = values.slice(0, origin);
    const own = forecast(known, { period, horizon }, 'auto', LEVELS);
    const naive = forecast(known, { period, horizon }, 'seasonal-naive');
    const actual = values.subarray(origin, origin + horizon);
    return {
      mase: [own, naive].map((one) => meanAbsoluteScaledError(actual, one.values, known, period)),
      coverage: own.intervals.map(({ lower, upper }) => intervalCoverage(actual, lower, upper)),
    };
  });
  return {
    name: file.name,
    backTest: [model.scores?.mase ?? NaN, model.naive?.mase ?? NaN],
    holdOuts: [0, 1].map((k) => meanOf(unseen.map(({ mase }) => mase[k]!))),
    coverage: model.coverage,
    unseen: LEVELS.map((_, k) => meanOf(unseen.map(({ coverage }) => coverage[k]!))),
    counts: [model.folds, origins.length],
  };
});

const beside = ([own, naive]: readonly number[]) => per(own! / naive! - 1);
const titles = ['back-test', 'seasonal-naive', 'auto beside it', 'hold-outs', 'seasonal-naive', 'auto beside it'];
console.log(`${'MASE of auto, mean of'.padEnd(24)}${titles.map((name) => name.padStart(15)).join('')}`);
for (const { name, backTest, holdOuts } of judged) {
  const cells = [backTest, holdOuts].map((pair) => `${pair.map(shown).join('')}${beside(pair)}`);
  console.log(`${name.padEnd(24)}${cells.join('')}`);
}

const heads = [...LEVELS.map((level) => `${level * 100} %`), 'forecasts'];
const unseenHeads = [...LEVELS.map((level) => `unseen ${level * 100} %`), 'hold-outs'];
console.log(
  `\n${'coverage of auto'.padEnd(24)}${[...heads, ...unseenHeads].map((name) => name.padStart(15)).join('')}`,
);
for (const { name, coverage, unseen, counts } of judged) {
  const cells = [coverage, unseen].map((shares, k) => `${shares.map(per).join('')}${String(counts[k]).padStart(15)}`);
  console.log(`${name.padEnd(24)}${cells.join('')}`);
}
const sides = (['coverage', 'unseen'] as const).map((side) =>
  LEVELS.map((_, k) => judged.map((own) => own[side][k]!).filter(Number.isFinite)),
);
console.log(
  `${'mean'.padEnd(24)}${sides.map((levels) => `${levels.map((shares) => per(meanOf(shares))).join('')}${' '.repeat(15)}`).join('')}`,
);
for (const [k, level] of LEVELS.entries()) {
  const [back, held] = sides.map((levels) => levels[k]!.filter((share) => Math.abs(share - level) <= CLOSE).length);
  console.log(
    `${level * 100} %: within ${CLOSE * 100} points for ${back} of ${files.length} series in the back-test, ${held} on the few unseen hold-outs`,
  );
}
