import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { SeriesDecomposition } from '../../../lib/series/decompose-series';
import { decompositionMessage, decompositionRows } from '../../../lib/series/decomposition-rows';

function parts(length: number): SeriesDecomposition {
  const values = Float64Array.from({ length }, (_, i) => i);
  const trend = values.map((value, i) => (i === 0 ? NaN : value));
  return {
    ...{ times: values.map((value) => value + 0.4), observed: values, trend, seasonal: values, resid: trend },
    seasonals: [{ period: 24, values }],
    anomalies: [],
    levelChanges: [],
    model: { method: 'mstl', log: false, robust: false, period: 24, periods: [24], stepMs: 1, warnings: [] },
  };
}

test('rows and arrays hold the same, with whole times, null where a part is missing, and each season', async () => {
  assert.deepEqual(await decompositionRows(parts(2)), [
    { time: 0, observed: 0, trend: null, seasonal: 0, resid: null, seasonal24: 0 },
    { time: 1, observed: 1, trend: 1, seasonal: 1, resid: 1, seasonal24: 1 },
  ]);
  const message = await decompositionMessage(parts(2));
  assert.deepEqual(message, {
    ...{ times: [0, 1], observed: [0, 1], trend: [null, 1], seasonal: [0, 1], resid: [null, 1], seasonal24: [0, 1] },
  });
});

test('the event loop turns while many rows are made', async () => {
  let turns = 0;
  const timer = setInterval(() => turns++, 0);
  const rows = await decompositionRows(parts(400_000));
  clearInterval(timer);
  assert.equal(rows.length, 400_000);
  assert.ok(turns >= 5, `${turns} turns`);
});
