import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import { Runtime, type Message } from '../support/runtime';

interface Parts {
  times: number[];
  observed: number[];
  trend: (number | null)[];
  seasonal: number[];
  resid: (number | null)[];
}
type Model = { period: number; stepMs: number; warnings: { code: string }[] };

const golden = require('../golden/airpassengers.json') as {
  times: number[];
  values: number[];
  cases: { id: string; outputs: { trend: (number | null)[]; seasonalCycle: number[]; resid: (number | null)[] } }[];
};
const reference = (id: string) => {
  const found = golden.cases.find((each) => each.id === `airpassengers/decompose/${id}`);
  assert.ok(found);
  return found.outputs;
};

async function start(context: TestContext, options: Record<string, unknown>): Promise<Runtime> {
  return Runtime.start(
    context,
    ['twin-decompose'],
    [
      { id: 'tab', type: 'tab' },
      {
        id: 'decompose',
        type: 'twin-decompose',
        z: 'tab',
        wires: [['out'], ['bad']],
        rejectedOutput: true,
        ...options,
      },
      { id: 'out', type: 'helper', z: 'tab' },
      { id: 'bad', type: 'helper', z: 'tab' },
      { id: 'odd', type: 'helper', z: 'tab' },
    ],
  );
}

async function ask(runtime: Runtime, payload: unknown, by: 'out' | 'bad' = 'out'): Promise<Message> {
  const answer = runtime.next(by);
  runtime.send('decompose', { payload });
  return answer;
}

function near(actual: readonly (number | null)[], expected: readonly (number | null)[]): void {
  assert.equal(actual.length, expected.length);
  expected.forEach((value, i) => {
    if (value === null) assert.equal(actual[i], null);
    else assert.ok(Math.abs(actual[i]! - value) < 1e-9, `${i}: ${actual[i]} instead of ${value}`);
  });
}

const series = { times: golden.times, values: golden.values };

test('months with a season of 12 come out as statsmodels has them, with null at the edges', async (t) => {
  const runtime = await start(t, { method: 'multiplicative', period: '12' });
  const message = await ask(runtime, series);
  const parts = message['payload'] as Parts;
  const expected = reference('multiplicative-p12-ts1-ext0');
  assert.deepEqual(parts.times, golden.times);
  near(parts.trend, expected.trend);
  near(parts.seasonal.slice(0, 12), expected.seasonalCycle);
  near(parts.resid, expected.resid);
  assert.equal((message['model'] as Model).period, 12);
});

test('the logarithm and the trend up to the edges are those of statsmodels', async (t) => {
  const log = (await ask(await start(t, { method: 'additive', period: '12', log: true }), series))['payload'] as Parts;
  near(log.trend, reference('log-additive-p12').trend);
});

test('a trend carried to the edges has no null, as rows too', async (t) => {
  const runtime = await start(t, { method: 'additive', period: '12', extrapolate: true, form: 'rows' });
  const rows = (await ask(runtime, series))['payload'] as Record<string, number>[];
  assert.deepEqual(Object.keys(rows[0]!), ['time', 'observed', 'trend', 'seasonal', 'resid']);
  near(
    rows.map((row) => row['trend']!),
    reference('additive-p12-ts1-extfreq').trend,
  );
});

test('a season given as a time is counted in steps, and gaps and disorder are mended with a warning', async (t) => {
  const runtime = await start(t, { method: 'additive', period: '1min', step: '10s' });
  const points = Array.from({ length: 30 }, (_, i) => ({ time: i * 10_000, value: i === 7 ? null : i % 6 }));
  [points[3], points[4]] = [points[4]!, points[3]!];
  const { period, stepMs, warnings } = (await ask(runtime, points))['model'] as Model;
  assert.deepEqual([period, stepMs], [6, 10_000]);
  assert.deepEqual(
    warnings.map(({ code }) => code),
    ['SERIES_GAPS_FILLED', 'SERIES_DISORDER'],
  );
});

test('what cannot be decomposed is rejected with its reason, and the next series is decomposed', async (t) => {
  const runtime = await start(t, { method: 'multiplicative', period: '12' });
  for (const [values, code] of [
    [[1, 2, 3], 'SERIES_TOO_SHORT'],
    [Array.from({ length: 30 }, (_, i) => i), 'SERIES_NOT_POSITIVE'],
    [[null, null], 'SERIES_ALL_MISSING'],
  ] as const) {
    const message = await ask(runtime, { times: values.map((_, i) => i * 1000), values }, 'bad');
    assert.equal(message.error?.code, code);
  }
  assert.equal(((await ask(runtime, series))['payload'] as Parts).trend.length, 144);
});

test('STL finds the season, and what stands out leaves by the anomalies output', async (t) => {
  const runtime = await start(t, { anomaliesOutput: true, wires: [['out'], ['odd'], ['bad']] });
  const odd = runtime.next('odd');
  const values = Array.from(
    { length: 240 },
    (_, i) => 20 + 3 * Math.sin((2 * Math.PI * i) / 24) + 0.1 * Math.sin(i * i),
  );
  values[100]! += 4;
  const message = await ask(runtime, { times: values.map((_, i) => i * 3_600_000), values });
  assert.equal((message['model'] as Model).period, 24);
  const rows = (await odd)['payload'] as { time: number; value: number; expected: number; score: number }[];
  assert.deepEqual(
    rows.map(({ time }) => time),
    [100 * 3_600_000],
  );
  assert.ok(rows[0]!.score > 3.5 && Math.abs(rows[0]!.value - rows[0]!.expected - 4) < 0.5);
});

test('several seasons come out each by itself', async (t) => {
  const runtime = await start(t, { method: 'mstl', period: '24h, 7d', step: '1h' });
  const values = Array.from(
    { length: 1000 },
    (_, i) => Math.sin((2 * Math.PI * i) / 24) + Math.sin((2 * Math.PI * i) / 168),
  );
  const { payload } = await ask(runtime, values);
  const { seasonal, seasonal24, seasonal168 } = payload as Record<string, number[]>;
  seasonal!.forEach((value, i) => assert.ok(Math.abs(value - seasonal24![i]! - seasonal168![i]!) < 1e-9));
});

test('a million points are decomposed in a thread', async (t) => {
  const runtime = await start(t, { method: 'additive', period: '1440' });
  const values = Array.from({ length: 1_000_000 }, (_, i) => Math.sin((2 * Math.PI * i) / 1440));
  const busy = runtime.status('decompose', /status\.computing/);
  const answer = ask(runtime, { times: values.map((_, i) => i * 60_000), values });
  assert.equal((await busy).fill, 'blue');
  const { seasonal } = (await answer)['payload'] as Parts;
  assert.ok(Math.abs(seasonal[360]! - 1) < 1e-6);
});

test('the form gets the last decomposition as four small panels, anomalies marked', async (t) => {
  const runtime = await start(t, {
    method: 'stl',
    period: '24',
    anomaliesOutput: true,
    wires: [['out'], ['odd'], ['bad']],
  });
  const values = Array.from(
    { length: 2400 },
    (_, i) => 20 + Math.sin((2 * Math.PI * i) / 24) + (i === 700 ? 9 : 0) + 0.1 * Math.sin(i * i),
  );
  const message = await ask(runtime, { times: values.map((_, i) => i * 3_600_000), values });
  assert.equal((message['anomalies'] as unknown[]).length, 1);
  const { body } = await runtime.get('/digital-twin/last-result/decompose');
  const { panels } = body as { panels: { lines: { times: number[] }[]; marks?: { time: number }[] }[] };
  assert.equal(panels.length, 4);
  for (const { lines } of panels) assert.equal(lines[0]!.times.length, 300);
  assert.deepEqual(
    panels[0]!.marks?.map(({ time }) => time),
    [700 * 3_600_000],
  );
});
