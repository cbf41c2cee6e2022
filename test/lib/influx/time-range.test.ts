import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { durationMs, timeOf } from '../../../lib/influx/time-range';
import { TwinError } from '../../../lib/reading/twin-error';

const NOW_MS = 1_700_000_000_000;

describe('moment', () => {
  for (const [input, expected] of [
    [1_674_000_000_000, 1_674_000_000_000],
    ['1674000000000', 1_674_000_000_000],
    [new Date(5), 5],
    ['now', NOW_MS],
    ['now()', NOW_MS],
    [' -10h ', NOW_MS - 36_000_000],
    ['-500ms', NOW_MS - 500],
    ['-1w', NOW_MS - 604_800_000],
    ['+1d', NOW_MS + 86_400_000],
    ['2023-11-14T22:13:20Z', NOW_MS],
    ['2023-11-14T23:13:20.250+01:00', NOW_MS + 250],
    ['2023-11-14', 1_699_920_000_000],
  ] as const) {
    it(`is read from ${JSON.stringify(input)}`, () => assert.equal(timeOf(input, NOW_MS), expected));
  }

  for (const input of [
    '',
    'yesterday',
    '10h',
    '-10',
    '- 10h',
    '-1.5h',
    '-1mo',
    'foo 1',
    '2023-13-40',
    NaN,
    Infinity,
    null,
    {},
    new Date('x'),
  ]) {
    it(`is not read from ${String(JSON.stringify(input))}`, () => {
      assert.throws(
        () => timeOf(input, NOW_MS),
        (error) => error instanceof TwinError && error.code === 'INFLUX_TIME_INVALID',
      );
    });
  }
});

it('a moment that no date can hold, and a span that no number can, are refused as such', () => {
  for (const input of [1n, 1e300, '+999999999999d', new Date(8.64e15), Object.create(null), Symbol('s')]) {
    assert.throws(() => timeOf(input, NOW_MS), { code: 'INFLUX_TIME_INVALID' });
    assert.throws(() => durationMs(input as string), { code: 'INFLUX_DURATION_INVALID' });
  }
  assert.throws(() => durationMs(`${'9'.repeat(400)}d`), { code: 'INFLUX_DURATION_INVALID' });
});

describe('span of time', () => {
  for (const [input, expected] of [
    [1_500, 1_500],
    ['250ms', 250],
    ['10s', 10_000],
    ['5m', 300_000],
    ['5min', 300_000],
    ['2h', 7_200_000],
    ['1d', 86_400_000],
  ] as const) {
    it(`is read from ${JSON.stringify(input)}`, () => assert.equal(durationMs(input), expected));
  }

  for (const input of ['', '0s', '-5m', '5', 'm', '5 m', '5m30s', '1.5h', 0, -1, 1.5, NaN]) {
    it(`is not read from ${JSON.stringify(input)}`, () => {
      assert.throws(
        () => durationMs(input),
        (error) => error instanceof TwinError && error.code === 'INFLUX_DURATION_INVALID',
      );
    });
  }
});
