import assert from 'node:assert/strict';
import { describe } from 'node:test';
import { encodePoint } from '../../lib/influx/line-protocol';
import type { FieldValue, Point } from '../../lib/influx/point';
import { isPointInput, pointOf } from '../../lib/influx/point-input';
import { DEFAULT_MAPPING_ROWS, pointsOfReading, type PointMapping } from '../../lib/influx/point-mapping';
import { isReading } from '../../lib/reading/reading';
import { randomReading } from '../lib/reading/random-reading';
import { attempt, fuzz } from './fuzz';
import { between, nastyText, pick } from './material';
import { readLine } from './read-line';
import { randomValue } from './random-value';

const fieldValue = (random: () => number): FieldValue =>
  pick<() => FieldValue>(random, [
    () => nastyText(random, 20),
    () => (random() - 0.5) * 10 ** between(random, -320, 308),
    () => pick(random, [0, -0, NaN, Infinity, 1e21, 5e-324, Number.MAX_VALUE]),
    () => BigInt(Math.floor((random() - 0.5) * 2 ** 53)) * BigInt(between(random, 1, 2_000)),
    () => random() < 0.5,
  ])();

const record = <T>(random: () => number, most: number, value: () => T): Record<string, T> =>
  Object.fromEntries(Array.from({ length: between(random, 0, most) }, () => [nastyText(random), value()]));

const nastyPoint = (random: () => number): Point => ({
  measurement: nastyText(random),
  tags: record(random, 3, () => nastyText(random)),
  fields: record(random, 3, () => fieldValue(random)),
  timeMs: pick(random, [0, 1.5, -1, 1_700_000_000_000, 9_223_372_036_854, 1e300, NaN, Math.floor(random() * 4e12)]),
  nanoseconds: pick(random, [0, 7, 999_999, -1, 0.5]),
});

/** Reads the line back and compares it with the point that it came from. */
function checkLine(line: string, { measurement, tags, fields, timeMs = 0, nanoseconds = 0 }: Point): void {
  const read = readLine(line);
  assert.equal(read.measurement, measurement);
  const sorted = Object.entries(tags)
    .filter(([, value]) => value !== '')
    .sort(([a], [b]) => (a < b ? -1 : 1));
  assert.deepEqual(read.tags, sorted);
  // The servers do not keep the sign of -0.
  assert.deepEqual(
    read.fields,
    Object.entries(fields).map(([key, value]) => [key, value === 0 ? 0 : value]),
  );
  assert.equal(read.time, BigInt(Math.round(timeMs)) * 1_000_000n + BigInt(nanoseconds));
}

const MAPPINGS: readonly PointMapping[] = [
  { fields: DEFAULT_MAPPING_ROWS },
  { fields: { allInto: 'Sensor Values' }, timeKeys: ['MQTT_Timestamp', 'Sequence'] },
  { fields: { allInto: 'all' }, tags: { location: 'Germany' }, tagKeys: { Source: 'Source', ['__proto__']: 'x1' } },
  { fields: [{ key: 'x1', measurement: 'm', field: '__proto__', type: 'string' }], timeKeys: [] },
];

describe('line protocol', () => {
  fuzz('points', 'reads back as the point that was encoded, or is refused as a TwinError', (random) => {
    const point = nastyPoint(random);
    const encoded = attempt(() => encodePoint(point, 0));
    if ('value' in encoded) checkLine(encoded.value, point);
    const reading = randomReading(random);
    if (random() < 0.5) reading['Source'] = nastyText(random);
    if (random() < 0.5) reading['Ambient Temperature'] = fieldValue(random);
    const mapped = attempt(() => pointsOfReading(reading, pick(random, MAPPINGS), 1_700_000_000_000));
    if (!('value' in mapped)) return;
    for (const each of mapped.value) {
      const line = attempt(() => encodePoint(each, 0));
      if ('value' in line) checkLine(line.value, each);
    }
  });

  fuzz('objects that may be points', 'makes points of any object, or refuses it as a TwinError', (random) => {
    const input = randomValue(random);
    if (random() < 0.7 && isReading(input)) {
      input['measurement'] = nastyText(random);
      input['fields'] = { f: randomValue(random), [nastyText(random)]: fieldValue(random) };
    }
    isPointInput(input);
    const point = attempt(() => pointOf(input));
    if (!('value' in point)) return;
    const line = attempt(() => encodePoint(point.value, 1_700_000_000_000));
    if ('value' in line) checkLine(line.value, { timeMs: 1_700_000_000_000, ...point.value });
    if (isReading(input)) attempt(() => pointsOfReading(input, pick(random, MAPPINGS), 0));
  });
});
