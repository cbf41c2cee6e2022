import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { quoteIdentifier } from '../../../lib/influx/influxql-text';
import { encodePoint } from '../../../lib/influx/line-protocol';
import type { Point } from '../../../lib/influx/point';
import { TwinError } from '../../../lib/reading/twin-error';
import { InfluxDatabase } from '../../support/influx-database';
import { seededRandom } from '../../support/seeded-random';

const point = (change: Partial<Point>): Point => ({
  measurement: 'm',
  tags: {},
  fields: { f: 1 },
  timeMs: 1,
  ...change,
});
const encode = (change: Partial<Point>): string => encodePoint(point(change), 5);

describe('line protocol', () => {
  it('writes every number as a float, so that 23 and 23.5 may share a field', () => {
    assert.equal(
      encode({ fields: { a: 23, b: 23.5, c: -0.5, d: 1e21, e: 5e-324 } }),
      'm a=23,b=23.5,c=-0.5,d=1e+21,e=5e-324 1000000',
    );
  });

  it('writes integers, text and booleans in the forms of the specification', () => {
    const fields = { i: 9223372036854775807n, j: -9223372036854775808n, s: 'say "hi" \\ bye', t: true, u: false };
    assert.equal(
      encode({ fields }),
      'm i=9223372036854775807i,j=-9223372036854775808i,s="say \\"hi\\" \\\\ bye",t=true,u=false 1000000',
    );
  });

  it('escapes commas, spaces and equals signs where each kind of name needs it', () => {
    assert.equal(
      encode({ measurement: 'a b,c=d', tags: { 'k e,y=': 'v a,l=' }, fields: { 'f i,e=ld': 1 } }),
      'a\\ b\\,c=d,k\\ e\\,y\\==v\\ a\\,l\\= f\\ i\\,e\\=ld=1 1000000',
    );
  });

  it('sorts tags and leaves out empty ones', () => {
    assert.equal(encode({ tags: { z: '1', location: '', Source: 'board 1' } }), 'm,Source=board\\ 1,z=1 f=1 1000000');
  });

  it('takes the given moment when a point has no time, and its own when it has', () => {
    assert.equal(encodePoint({ measurement: 'm', tags: {}, fields: { f: 1 } }, 5), 'm f=1 5000000');
    assert.equal(encode({ timeMs: 1.6 }), 'm f=1 2000000');
    assert.equal(encode({ timeMs: -1 }), 'm f=1 -1000000');
    assert.equal(encode({ timeMs: 1700000000000 }), 'm f=1 1700000000000000000');
    assert.equal(encode({ timeMs: 0 }), 'm f=1 0');
  });

  it('keeps two points of one millisecond apart by their nanoseconds', () => {
    assert.equal(encode({ timeMs: 1700000000000, nanoseconds: 7 }), 'm f=1 1700000000000000007');
    assert.equal(encode({ timeMs: 1700000000000, nanoseconds: 999_999 }), 'm f=1 1700000000000999999');
    assert.equal(encode({ timeMs: -1, nanoseconds: 999_999 }), 'm f=1 -1');
    for (const nanoseconds of [-1, 1_000_000, 0.5, NaN])
      assert.throws(() => encode({ nanoseconds }), { code: 'INFLUX_TIME_INVALID' });
  });

  const refused: [string, Partial<Point>, string][] = [
    ['NaN', { fields: { f: NaN } }, 'INFLUX_NOT_A_NUMBER'],
    ['Infinity', { fields: { f: -Infinity } }, 'INFLUX_NOT_A_NUMBER'],
    ['an integer beyond 64 bits', { fields: { f: 2n ** 63n } }, 'INFLUX_INTEGER_RANGE'],
    ['a point without a field', { fields: {} }, 'INFLUX_POINT_EMPTY'],
    ['a time that is no number', { timeMs: NaN }, 'INFLUX_TIME_INVALID'],
    ['a time beyond the nanoseconds of 64 bits', { timeMs: 9_223_372_036_855 }, 'INFLUX_TIME_INVALID'],
    ['nanoseconds given as milliseconds', { timeMs: 1.7e18 }, 'INFLUX_TIME_INVALID'],
    ['a measurement without a name', { measurement: '' }, 'INFLUX_NAME_INVALID'],
    ['a measurement that would be a comment', { measurement: '#m' }, 'INFLUX_NAME_INVALID'],
    ['a line break in a name', { measurement: 'a\nb' }, 'INFLUX_NAME_INVALID'],
    ['a line break in a tag', { tags: { t: 'a\r\nb' } }, 'INFLUX_NAME_INVALID'],
    ['a tag that ends with a backslash', { tags: { t: 'C:\\' } }, 'INFLUX_NAME_INVALID'],
    ['a field before whose comma a backslash stands', { fields: { 'a\\,b': 1 } }, 'INFLUX_NAME_INVALID'],
    ['a field named time, which 1.x drops without a word', { fields: { time: 1 } }, 'INFLUX_NAME_INVALID'],
    ['a tag named time', { tags: { time: 'x' } }, 'INFLUX_NAME_INVALID'],
  ];
  for (const [name, change, code] of refused) {
    it(`refuses ${name}`, () => {
      assert.throws(
        () => encode(change),
        (error) => error instanceof TwinError && error.code === code && !error.retryable,
      );
    });
  }

  it('is read back by the server as it was meant, whatever the names and texts hold', async (t) => {
    const database = await InfluxDatabase.create(t);
    const random = seededRandom(11);
    const pieces = ['a', 'Z', ' ', ',', '=', '\\', '"', "'", '#', '\t', '€', '😀', '.', '/', '{', ';', '\0'];
    const text = (most: number, more: readonly string[] = []): string => {
      const all = [...pieces, ...more];
      return Array.from({ length: 1 + Math.floor(random() * most) }, () => all[Math.floor(random() * all.length)]).join(
        '',
      );
    };
    const points = new Map<string, { point: Point; line: string }>();
    let refusals = 0;
    while (points.size < 400) {
      const candidate: Point = {
        measurement: `${text(6)}${points.size}`,
        tags: { [text(5)]: text(6) },
        fields: { [text(5)]: text(12, ['\n', '\r\n']), [text(5)]: random() * 100 },
        timeMs: points.size,
      };
      const [tag = ''] = Object.keys(candidate.tags);
      // One name for a tag and a field comes back under two names, and a NUL ends a query: neither is at issue here.
      if (tag in candidate.fields || candidate.measurement.includes('\0')) continue;
      try {
        points.set(candidate.measurement, { point: candidate, line: encodePoint(candidate, 0) });
      } catch (error) {
        assert.ok(error instanceof TwinError && error.code === 'INFLUX_NAME_INVALID');
        refusals++;
      }
    }
    assert.ok(refusals > 50 && refusals < 600, `${refusals} refused: the alphabet reaches both sides`);
    const { status, body } = await database.write([...points.values()].map(({ line }) => line).join('\n'), 'ns');
    assert.equal(status, 204, body);
    for (const { point: written, line } of points.values()) {
      const rows = await database.query(`SELECT * FROM ${quoteIdentifier(written.measurement)}`);
      assert.deepEqual(rows, [{ time: written.timeMs, ...written.fields, ...written.tags }], line);
    }
  });
});
