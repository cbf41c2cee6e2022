import assert from 'node:assert/strict';
import { test } from 'node:test';
import { influxqlOf, type HistoryQuery } from '../../../lib/influx/history-query';

const MINUTE = 60_000;
/** 12 s after a minute has begun. */
const now = 1_700_000_000_000 - (1_700_000_000_000 % MINUTE) + 12_000;

/** The range that is asked for, relative to the minute that has begun, in seconds. */
function rangeOf(query: Pick<HistoryQuery, 'start' | 'stop' | 'every' | 'limit'>): number[] {
  const { text } = influxqlOf({ measurement: 'room', field: 'temperature', ...query }, now, Infinity);
  const [, from, to] = /time >= (\d+)ms AND time < (\d+)ms/.exec(text)!;
  return [from, to].map((ms) => (Number(ms) - (now - 12_000)) / 1000);
}

test('windows up to now are whole ones: that which has begun would be judged by a part of it', () => {
  assert.deepEqual(rangeOf({ start: '-5m', every: '1m' }), [-300, 0]);
  assert.deepEqual(rangeOf({ start: '-5m', stop: 'now', every: '1m', limit: 2 }), [-120, 0]);
  assert.deepEqual(rangeOf({ start: '-5m', stop: '-1m', every: '1m' }), [-300, -60]);
});

test('what is shorter than a window is not cut to nothing', () => {
  assert.deepEqual(rangeOf({ start: '-5s', every: '1m' }), [7, 12]);
  assert.deepEqual(rangeOf({ start: '-10m', every: '52w' }), [-588, 12]);
});

test('windows before 1970 begin at their edges, too', () => {
  const { text } = influxqlOf({ measurement: 'room', field: 'x', start: '-3000w', every: '1d' }, now, Infinity);
  const from = Number(/time >= (-\d+)ms/.exec(text)![1]);
  assert.ok(from % 86_400_000 === 0 && from <= now - 3000 * 604_800_000);
});

test('moments that are given stay as they are, and so does all without a window', () => {
  const [start, stop] = [now - 90_000, now - 1_000];
  assert.deepEqual(rangeOf({ start, stop, every: '1m' }), [-78, 11]);
  assert.deepEqual(rangeOf({ start: '-90s', stop: 'now' }), [-78, 12]);
});
