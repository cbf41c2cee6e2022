import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { TwinError } from '../../../lib/reading/twin-error';
import { AnalysisThread } from '../../../lib/series/analysis-thread';
import { decomposeSeries, type DecomposeMethod } from '../../../lib/series/decompose-series';
import { forecastSeries, type ForecastOptions } from '../../../lib/series/forecast-series';
import { parseSeries } from '../../../lib/series/parse-series';

const HOUR = 3_600_000;
const times = (n: number) => Array.from({ length: n }, (_, i) => i * HOUR);
const wave = (n: number) =>
  Array.from({ length: n }, (_, i) => 20 + 3 * Math.sin((2 * Math.PI * i) / 12) + 0.3 * Math.sin(i * i));

type Payload = { times: number[]; values: (number | null | string)[] };
const on = (values: Payload['values']): Payload => ({ times: times(values.length), values });

const forecastMethods = [
  ...(['auto', 'linear', 'polynomial', 'seasonal-naive', 'drift', 'theta', 'smoothing', 'harmonics'] as const),
  ...(['stl', 'autoregression', 'smoothing-multiplicative', 'linear-log'] as const),
];
const decomposeMethods = ['additive', 'multiplicative', 'stl', 'mstl'] as const;
type Answer = string;

/** Code of the error, else `ok` with the codes of the warnings; a number that is not finite is a failure. */
function answerOf(run: () => { numbers: Float64Array[]; warnings: readonly { code: string }[] }): Answer {
  try {
    const { numbers, warnings } = run();
    for (const part of numbers) assert.ok(part.every(Number.isFinite), 'not a finite number');
    return ['ok', ...warnings.map(({ code }) => code)].join(' ');
  } catch (thrown) {
    if (!(thrown instanceof TwinError)) throw thrown;
    assert.match(thrown.message, /\w{3,}/);
    return thrown.code;
  }
}

function forecastAnswer(payload: Payload, name: (typeof forecastMethods)[number]): Answer {
  const [method] = name.replace('-multiplicative', '').replace('-log', '').split(' ');
  const options: ForecastOptions = {
    ...{ method: method as ForecastOptions['method'], degree: 2, trend: 'automatic', period: '12', horizon: 6 },
    ...{ season: name.endsWith('-multiplicative') ? 'multiplicative' : 'automatic', levels: [0.95], calibrate: true },
    ...{ evaluation: 'back-test', testShare: 0.3, seed: 1, folds: 5, cutAtLevelChange: true },
    ...(name.endsWith('-log') ? { transform: 'log' } : {}),
  };
  return answerOf(() => {
    const { values, intervals, model } = forecastSeries(parseSeries(payload), options);
    const judged = model.warnings.filter(({ code }) => !code.startsWith('SERIES_UNJUDGED'));
    return { numbers: [values, intervals[0]!.lower, intervals[0]!.upper], warnings: judged };
  });
}

function decomposeAnswer(payload: Payload, method: DecomposeMethod): Answer {
  const options = { method, period: '12', log: false, extrapolate: true, robust: true, anomaliesFrom: 3.5 };
  return answerOf(() => {
    const { trend, seasonal, resid, model } = decomposeSeries(parseSeries(payload), options);
    return { numbers: [trend, seasonal, resid], warnings: model.warnings };
  });
}

/** What each input gets: one answer for all methods of a kind, then those that differ. */
interface Expected {
  readonly forecast: Answer | Partial<Record<(typeof forecastMethods)[number] | 'others', Answer>>;
  readonly decompose: Answer | Partial<Record<DecomposeMethod | 'others', Answer>>;
}
const SHORT = 'SERIES_TOO_SHORT';
const table: [string, Payload, Expected][] = [
  ['no point at all', on([]), { forecast: 'SERIES_EMPTY', decompose: 'SERIES_EMPTY' }],
  ['one point', on([1]), { forecast: SHORT, decompose: SHORT }],
  [
    'three points',
    on([1, 2, 4]),
    {
      forecast: {
        others: SHORT,
        auto: 'ok SERIES_LONG_SEASON',
        linear: 'ok SERIES_LONG_SEASON',
        drift: 'ok SERIES_LONG_SEASON',
        'linear-log': 'ok SERIES_LONG_SEASON',
      },
      decompose: SHORT,
    },
  ],
  [
    'a constant',
    on(new Array<number>(60).fill(21)),
    { forecast: 'ok SERIES_CONSTANT', decompose: 'ok SERIES_CONSTANT' },
  ],
  ['all null', on(new Array<null>(60).fill(null)), { forecast: 'SERIES_ALL_MISSING', decompose: 'SERIES_ALL_MISSING' }],
  [
    'one value among null',
    on(wave(60).map((value, i) => (i === 5 ? value : null))),
    { forecast: SHORT, decompose: 'ok SERIES_GAPS_FILLED SERIES_CONSTANT' },
  ],
  [
    'one giant spike',
    on(wave(120).map((value, i) => (i === 77 ? 1e9 : value))),
    { forecast: 'ok SERIES_SPIKES', decompose: 'ok' },
  ],
  [
    'decreasing times',
    { times: times(60).reverse(), values: wave(60).reverse() },
    { forecast: 'ok SERIES_DISORDER', decompose: 'ok SERIES_DISORDER' },
  ],
  [
    'doubled times',
    { times: times(60).map((_, i, all) => all[i - (i % 2)]!), values: wave(60) },
    { forecast: 'ok SERIES_DUPLICATES', decompose: 'ok SERIES_DUPLICATES' },
  ],
  [
    'one time for all',
    { times: new Array<number>(60).fill(5), values: wave(60) },
    { forecast: SHORT, decompose: SHORT },
  ],
  [
    'a time of another century',
    { times: [...times(59), 4e14], values: wave(60) },
    { forecast: 'SERIES_TOO_LONG', decompose: 'SERIES_TOO_LONG' },
  ],
  [
    'a period longer than half of the series',
    on(wave(20)),
    {
      forecast: {
        others: 'ok SERIES_LONG_SEASON',
        ...{ theta: SHORT, smoothing: SHORT, stl: SHORT, autoregression: SHORT, 'smoothing-multiplicative': SHORT },
      },
      decompose: SHORT,
    },
  ],
  [
    'zeros where a multiplicative season or a logarithm is asked for',
    on(wave(60).map((value, i) => (i % 12 === 9 ? 0 : value))),
    {
      forecast: {
        others: 'ok',
        'smoothing-multiplicative': 'SERIES_NOT_POSITIVE',
        'linear-log': 'SERIES_NOT_POSITIVE',
      },
      decompose: { others: 'ok', multiplicative: 'SERIES_NOT_POSITIVE' },
    },
  ],
  [
    'negative values',
    on(wave(60).map((value) => value - 30)),
    {
      forecast: {
        others: 'ok',
        'smoothing-multiplicative': 'SERIES_NOT_POSITIVE',
        'linear-log': 'SERIES_NOT_POSITIVE',
      },
      decompose: { others: 'ok', multiplicative: 'SERIES_NOT_POSITIVE' },
    },
  ],
  [
    'an infinite value',
    on(wave(60).map((value, i) => (i === 5 ? Infinity : value))),
    { forecast: 'SERIES_INFINITE', decompose: 'SERIES_INFINITE' },
  ],
  [
    'values whose squares overflow',
    on(wave(60).map((value) => value * 1e300)),
    { forecast: 'SERIES_INFINITE', decompose: 'SERIES_INFINITE' },
  ],
  ['text for a value', on(['a', 1, 2]), { forecast: 'SERIES_VALUE', decompose: 'SERIES_VALUE' }],
];

for (const [what, payload, { forecast, decompose }] of table) {
  test(`${what}: every method has its stated answer`, () => {
    for (const method of forecastMethods) {
      const expected = typeof forecast === 'string' ? forecast : (forecast[method] ?? forecast.others);
      assert.equal(forecastAnswer(payload, method), expected, `forecast, ${method}`);
    }
    for (const method of decomposeMethods) {
      const expected = typeof decompose === 'string' ? decompose : (decompose[method] ?? decompose.others);
      assert.equal(decomposeAnswer(payload, method), expected, `decompose, ${method}`);
    }
  });
}

test('a giant spike does not move the forecast of a line, and is the one anomaly of a decomposition', () => {
  const spoilt = wave(120).map((value, i) => (i === 77 ? 1e9 : value));
  const options: ForecastOptions = {
    ...{ method: 'linear', degree: 1, trend: 'automatic', season: 'automatic', period: '', horizon: 6, levels: [0.95] },
    ...{ calibrate: false, evaluation: 'back-test', testShare: 0.3, seed: 1, folds: 5 },
  };
  const [whole, broken] = [wave(120), spoilt].map((values) => forecastSeries(parseSeries(on(values)), options).values);
  broken!.forEach((value, i) => assert.ok(Math.abs(value - whole![i]!) < 0.2));
  const stl = {
    method: 'stl',
    period: '12',
    log: false,
    extrapolate: false,
    robust: true,
    anomaliesFrom: 3.5,
  } as const;
  assert.ok(decomposeSeries(parseSeries(on(spoilt)), stl).anomalies.some(({ index }) => index === 77));
});

test('ten million points are taken apart in the thread, one more is refused before anything is computed', async (t) => {
  const points = 10_000_000;
  assert.throws(() => parseSeries(new Float64Array(points + 1).fill(1), { stepMs: 1 }), TwinError);
  assert.throws(() => parseSeries({ times: new Float64Array(points + 1), values: new Float64Array(points + 1) }), {
    code: 'SERIES_TOO_LONG',
  });
  const thread = new AnalysisThread({ workerFile: join(__dirname, 'source-worker.cjs') });
  t.after(() => thread.close());
  const values = new Float64Array(points);
  const stamps = new Float64Array(points);
  for (let i = 0; i < points; i++) {
    values[i] = 20 + (i % 24) + Math.sin(i * i);
    stamps[i] = i * 1000;
  }
  let turns = 0;
  const timer = setInterval(() => turns++, 1);
  const options = { method: 'additive', period: '24', log: false, extrapolate: false, robust: false } as const;
  const parts = await thread.run<'decompose'>({ kind: 'decompose', series: { times: stamps, values }, options });
  clearInterval(timer);
  assert.equal(values.length, 0, 'the arrays were moved, not copied');
  assert.equal(parts.seasonal.length, points);
  assert.ok(turns > 20, `the event loop turned ${turns} times`);
});
