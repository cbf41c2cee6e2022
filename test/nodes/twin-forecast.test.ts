import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import { Runtime, type Message } from '../support/runtime';

const HOUR = 3_600_000;
const START = Date.UTC(2024, 0, 1);

interface Row {
  time: number;
  value: number;
  lower: number;
  upper: number;
  [bound: string]: number;
}
interface Model {
  method: string;
  period: number;
  points: number;
  source?: string;
  scores?: Record<string, number | null>;
  naive?: Record<string, number | null>;
  coverage: number[];
  members?: unknown[];
  warnings: { code: string }[];
}
const rowsOf = ({ payload }: Message): Row[] => payload as Row[];
const modelOf = (message: Message): Model => message['model'] as Model;

function daily(points: number): { times: number[]; values: number[] } {
  const index = Array.from({ length: points }, (_, i) => i);
  return {
    times: index.map((i) => START + i * HOUR),
    values: index.map((i) => 20 + 3 * Math.sin((2 * Math.PI * i) / 24)),
  };
}

async function start(context: TestContext, options: Record<string, unknown> = {}, wired = true): Promise<Runtime> {
  return Runtime.start(
    context,
    ['twin-forecast'],
    [
      { id: 'tab', type: 'tab' },
      {
        id: 'forecast',
        type: 'twin-forecast',
        z: 'tab',
        wires: [['out'], ...(wired ? [['bad']] : [])],
        rejectedOutput: wired,
        ...options,
      },
      { id: 'out', type: 'helper', z: 'tab' },
      { id: 'bad', type: 'helper', z: 'tab' },
      { id: 'alert', type: 'helper', z: 'tab' },
    ],
  );
}

async function ask(runtime: Runtime, payload: unknown): Promise<Message> {
  const answer = runtime.next('out');
  runtime.send('forecast', { payload });
  return answer;
}

test('a line is carried on from the last time, with its interval, and other properties travel through', async (t) => {
  const runtime = await start(t, { method: 'linear', horizon: 3, levels: '95, 80', calibrate: false });
  const answer = runtime.next('out');
  const noise = [0.1, -0.1, 0.2, -0.2, 0.1, -0.1, 0.1, -0.1, 0.2, -0.2];
  const times = noise.map((_, i) => START + i * HOUR);
  runtime.send('forecast', { payload: { times, values: noise.map((off, i) => i + off) }, topic: 'T' });
  const message = await answer;
  const rows = rowsOf(message);
  assert.equal(message['topic'], 'T');
  assert.deepEqual(
    rows.map(({ time }) => time),
    [10, 11, 12].map((i) => START + i * HOUR),
  );
  rows.forEach((row, i) => {
    assert.ok(Math.abs(row.value - (10 + i)) < 0.3);
    assert.ok(
      row.lower < row['lower80']! &&
        row['lower80']! < row.value &&
        row.value < row['upper80']! &&
        row['upper80']! < row.upper,
    );
  });
});

test('the season is repeated, and the model says how good that was beside the naive forecast', async (t) => {
  const runtime = await start(t, { method: 'seasonal-naive', period: '24h', horizon: 24 });
  const status = runtime.status('forecast', /status\.scored/);
  const series = daily(240);
  const message = await ask(runtime, series);
  rowsOf(message).forEach(({ value }, i) => assert.ok(Math.abs(value - series.values[i]!) < 1e-9));
  const model = modelOf(message);
  assert.equal(model.period, 24);
  assert.deepEqual(model.scores, model.naive);
  assert.ok(model.scores!['mae']! < 1e-9);
  assert.equal((await status).fill, 'green');
});

test('the shuffled split scores as scikit-learn does with its random_state, and is labelled', async (t) => {
  const runtime = await start(t, {
    method: 'polynomial',
    degree: 2,
    evaluation: 'shuffled',
    testShare: 30,
    seed: 42,
    period: '',
  });
  const { values, outputs } = goldenRegression();
  // x is the index there; evenly spaced times are the same fit.
  const model = modelOf(await ask(runtime, { times: values.map((_, i) => START + i * HOUR), values }));
  assert.ok(Math.abs(model.scores!['r2']! / outputs.r2Test - 1) < 1e-9);
  assert.equal(model.naive, undefined);
  assert.ok(model.warnings.some(({ code }) => code === 'SERIES_SHUFFLED'));
});

function goldenRegression(): { values: number[]; outputs: { r2Test: number } } {
  const file = require('../golden/airpassengers.json') as {
    values: number[];
    cases: { id: string; outputs: { r2Test: number } }[];
  };
  const found = file.cases.find(({ id }) => id === 'airpassengers/regression/shuffle70-deg2');
  assert.ok(found);
  return { values: file.values, outputs: found.outputs };
}

test('a floor and a ceiling hold for values and intervals', async (t) => {
  const runtime = await start(t, { method: 'linear', horizon: 50, floor: '0', ceiling: '12' });
  const values = [9, 8, 7.1, 6, 5.2, 4, 3, 2.1, 1, 0.2];
  const rows = rowsOf(await ask(runtime, { times: values.map((_, i) => i * HOUR), values }));
  for (const { value, lower, upper } of rows) assert.ok(value >= 0 && lower >= 0 && upper <= 12);
});

test('an array of readings and an array of rows are series too', async (t) => {
  const runtime = await start(t, { method: 'drift', horizon: 1 });
  const numbers = [1, 2, 3, 4, 5, 6];
  const readings = numbers.map((value, i) => ({ 'Ambient Temperature': value, MQTT_Timestamp: START + i * 1000 }));
  const rows = numbers.map((value, i) => ({ _time: new Date(START + i * 1000).toISOString(), _value: value }));
  for (const payload of [readings, rows]) {
    const [row] = rowsOf(await ask(runtime, payload));
    assert.equal(row!.value, 7);
    assert.equal(row!.time, START + 6000);
  }
});

const bad: [string, unknown, string][] = [
  ['too short', { times: [1, 2], values: [1, 2] }, 'SERIES_TOO_SHORT'],
  ['all null', { times: [1, 2, 3], values: [null, null, null] }, 'SERIES_ALL_MISSING'],
  ['no series', 'hello', 'SERIES_INPUT'],
  ['infinite', { times: [1, 2, 3], values: [1, Infinity, 2] }, 'SERIES_INFINITE'],
  ['empty', [], 'SERIES_EMPTY'],
];
test('what cannot be forecast leaves by rejected with its reason, each alone, and the next series is forecast', async (t) => {
  const runtime = await start(t, { method: 'linear' });
  for (const [what, payload, code] of bad) {
    const rejected = runtime.next('bad');
    runtime.send('forecast', { payload });
    const message = await rejected;
    assert.equal(message.error?.code, code, what);
    assert.deepEqual(message['payload'], payload);
  }
  assert.equal(rowsOf(await ask(runtime, daily(48))).length, 12);
});

/** What the runtime logged as errors. */
const errorsOf = (runtime: Runtime): string[] => runtime.log().flatMap(([level, text]) => (level === 20 ? [text] : []));

test('without a wired rejected output the message ends with its error, once', async (t) => {
  const runtime = await start(t, {}, false);
  runtime.send('forecast', { payload: 'hello' });
  await ask(runtime, daily(48));
  const errors = errorsOf(runtime);
  assert.equal(errors.length, 1);
  assert.match(errors[0]!, /The payload is "hello", not a series/);
});

test('auto finds the season, is better than the naive forecast, and names its parts', async (t) => {
  const runtime = await start(t, { horizon: 24, folds: 4 });
  const { times, values } = daily(240);
  const noisy = values.map((value, i) => value + 0.02 * i + 0.2 * Math.sin(i * i));
  const model = modelOf(await ask(runtime, { times, values: noisy }));
  assert.equal(model.period, 24);
  assert.ok(model.scores!['mase']! < model.naive!['mase']!);
  assert.ok(model.members!.length >= 5 && model.members!.length <= 6);
});

test('an alert is raised when the limit will be crossed, once, and cleared when it will not', async (t) => {
  const runtime = await start(t, {
    method: 'linear',
    period: '',
    horizon: 10,
    alertOutput: true,
    threshold: 20,
    probability: 50,
    wires: [['out'], ['alert'], ['bad']],
  });
  const alerts = runtime.record('alert');
  const rise = (slope: number) => {
    const index = Array.from({ length: 20 }, (_, i) => i);
    return { times: index.map((i) => START + i * HOUR), values: index.map((i) => 10 + slope * i + 0.01 * (i % 3)) };
  };
  for (const slope of [0, 0.4, 0.4, 0]) await ask(runtime, rise(slope));
  await new Promise(setImmediate);
  const seen = alerts.map(({ payload }) => payload as { state: string; time: number | null; expected: number | null });
  assert.deepEqual(
    seen.map(({ state }) => state),
    ['raised', 'cleared'],
  );
  assert.equal(seen[0]!.expected, START + 25 * HOUR);
});

test('a constant series is carried on with a warning', async (t) => {
  const runtime = await start(t, { method: 'linear', horizon: 1 });
  const message = await ask(runtime, { times: [0, 1000, 2000, 3000, 4000, 5000], values: [21, 21, 21, 21, 21, 21] });
  for (const { value, lower, upper } of rowsOf(message)) assert.deepEqual([value, lower, upper], [21, 21, 21]);
  assert.deepEqual(
    modelOf(message).warnings.map(({ code }) => code),
    ['SERIES_CONSTANT'],
  );
});

test('live readings are kept for each source, repeats are dropped, and every n-th makes a forecast', async (t) => {
  const runtime = await start(t, { input: 'readings', every: 5, window: 100, method: 'linear', horizon: 1 });
  const answers = runtime.collect('out', 2);
  for (let i = 0; i < 5; i++) {
    for (const [Source, slope] of [
      ['A', 1],
      ['B', -1],
    ] as const) {
      const reading = { 'Ambient Temperature': 10 + slope * i, MQTT_Timestamp: START + i * 1000, Source, Sequence: i };
      runtime.send('forecast', { payload: reading });
      if (i === 2) runtime.send('forecast', { payload: reading });
    }
  }
  const messages = await answers;
  assert.deepEqual(messages.map((message) => modelOf(message).source).sort(), ['A', 'B']);
  for (const message of messages) {
    assert.equal(modelOf(message).points, 5);
    assert.ok(Math.abs(rowsOf(message)[0]!.value - (modelOf(message).source === 'A' ? 15 : 5)) < 1e-9);
  }
});

test('a live batch with one bad reading loses that one only', async (t) => {
  const runtime = await start(t, { input: 'readings', every: 4, method: 'drift', horizon: 1 });
  const rejected = runtime.next('bad');
  const answer = runtime.next('out');
  const readings = [1, 2, 3, 4].map((value, i) => ({ 'Ambient Temperature': value, MQTT_Timestamp: START + i * 1000 }));
  const broken = { 'Ambient Temperature': 'warm', MQTT_Timestamp: START };
  runtime.send('forecast', { payload: [...readings.slice(0, 2), broken, ...readings.slice(2)] });
  assert.deepEqual((await rejected)['payload'], broken);
  assert.equal(rowsOf(await answer)[0]!.value, 5);
});

test('options that do not fit together show it at once, and whatever comes is refused in the same words', async (t) => {
  const runtime = await start(t, { floor: '5', ceiling: '1' }, false);
  assert.match(errorsOf(runtime).join(), /floor 5 must lie below the ceiling 1/);
  runtime.send('forecast', { payload: daily(48) });
  await new Promise(setImmediate);
  assert.equal(errorsOf(runtime).length, 2);
});

test('a long series is worked on in a thread, and a deploy stops it at once', async (t) => {
  const runtime = await start(t, { method: 'polynomial', degree: 8, folds: 100, horizon: 1000 });
  const values = Array.from({ length: 1_000_000 }, (_, i) => Math.sin(i / 1000));
  const busy = runtime.status('forecast', /status\.computing/);
  runtime.send('forecast', { payload: { times: values.map((_, i) => i * 1000), values } });
  await busy;
  const began = performance.now();
  await runtime.unload();
  assert.ok(performance.now() - began < 5000);
});

test('the form gets the last result as a small picture, the message the earlier forecasts beside what came', async (t) => {
  const runtime = await start(t, { method: 'seasonal-naive', period: '24', horizon: 24, levels: '80, 95' });
  for (const id of ['forecast', 'nobody'])
    assert.equal((await runtime.get(`/digital-twin/last-result/${id}`)).body, null);
  const message = await ask(runtime, daily(480));
  const picture = (await runtime.get('/digital-twin/last-result/forecast')).body as {
    panels: { lines: { times: number[]; values: number[] }[]; band: { upper: number[] } }[];
  };
  const [measured, ahead] = picture.panels[0]!.lines;
  assert.deepEqual([measured!.times.length, ahead!.times.length], [300, 24]);
  assert.equal(picture.panels[0]!.band.upper.length, 24);
  const rows = message['backTest'] as { time: number; value: number; forecast: number }[];
  assert.ok(rows.length >= 48 && rows.length % 24 === 0);
  assert.ok(rows.every(({ time }, i) => i === 0 || time > rows[i - 1]!.time));
});
