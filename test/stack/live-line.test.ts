import assert from 'node:assert/strict';
import { test } from 'node:test';
import { checkTable } from '../../stack/count/check-table';
import { Delays } from '../../stack/count/delays';
import { liveLine, type LiveCounts } from '../../stack/count/live-line';

const counts: LiveCounts = {
  expected: 1_204,
  stages: [
    { name: 'MQTT', seen: 1_204 },
    { name: 'Kafka', seen: 1_203 },
    { name: 'InfluxDB', seen: 1_190 },
  ],
  lost: 0,
  delayMs: (q) => (q === 0.5 ? 2.4 : 7.6),
};

test('the live line shows board, stages, lost and delays', () => {
  assert.equal(
    liveLine(counts),
    'board 1,204 | MQTT 1,204 | Kafka 1,203 | InfluxDB 1,190 | lost 0 | delay p50 2 ms, p95 8 ms',
  );
  assert.match(liveLine({ ...counts, delayMs: () => undefined }), /delay p50 -, p95 -$/);
});

test('the table of the check shows what each stage should have seen and has seen', () => {
  const table = checkTable([
    { stage: 'MQTT', expected: 200, seen: 200, duplicates: 0 },
    { stage: 'InfluxDB', expected: 200, seen: 198, duplicates: 11 },
  ]);
  assert.equal(
    table,
    [
      'stage     expected  seen  lost  duplicates',
      'MQTT           200   200     0           0',
      'InfluxDB       200   198     2          11',
    ].join('\n'),
  );
});

test('quantiles are of the last delays only, and of finite ones', () => {
  const delays = new Delays(100);
  assert.equal(delays.quantile(0.5), undefined);
  for (let ms = 1_000; ms < 2_000; ms += 1) delays.add(ms);
  delays.add(NaN);
  for (let ms = 1; ms <= 100; ms += 1) delays.add(ms);
  assert.deepEqual(
    [0, 0.5, 0.95, 1].map((q) => delays.quantile(q)),
    [1, 50, 95, 100],
  );
});
