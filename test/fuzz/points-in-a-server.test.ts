import assert from 'node:assert/strict';
import { describe } from 'node:test';
import { influxqlString, quoteIdentifier } from '../../lib/influx/influxql-text';
import { encodePoint } from '../../lib/influx/line-protocol';
import type { Point } from '../../lib/influx/point';
import { InfluxDatabase } from '../support/influx-database';
import { attempt, fuzz } from './fuzz';
import { nastyText } from './material';

const POINTS_PER_RUN = 300;
/** Half a surrogate pair has no form in UTF-8. */
const text = (random: () => number, longest: number): string => nastyText(random, longest).replaceAll('\ud800', '');

describe('a real InfluxDB', () => {
  fuzz(
    'points in a server',
    `gives back each of ${POINTS_PER_RUN} nasty points by its own names and values`,
    async (random, _n, t) => {
      const database = await InfluxDatabase.create(t);
      const points: Point[] = [];
      const lines: string[] = [];
      while (points.length < POINTS_PER_RUN) {
        const n = points.length;
        // Numbered, so that no two points are one.
        const measurement = `${text(random, 8)}${n}`;
        const [tag, note, value] = [`t${text(random, 6)}`, `n${text(random, 6)}`, `v${text(random, 6)}`];
        const point: Point = {
          measurement,
          tags: { [tag]: text(random, 8) },
          fields: { [note]: text(random, 20), [value]: (random() - 0.5) * 10 ** Math.floor(random() * 40 - 20) },
          timeMs: n,
        };
        const line = attempt(() => encodePoint(point, 0));
        // No query can carry NUL or CR, not even within quotes: such a point can only be read by other means.
        if (!('value' in line) || /[\0\r]/.test(measurement + tag + point.tags[tag])) continue;
        points.push(point);
        lines.push(line.value);
      }
      const { status, body } = await database.write(lines.join('\n'), 'ns');
      assert.equal(status, 204, body);
      for (const [n, { measurement, tags, fields, timeMs }] of points.entries()) {
        const [[tag, of] = ['', '']] = Object.entries(tags);
        const query = `SELECT * FROM ${quoteIdentifier(measurement)} WHERE ${quoteIdentifier(tag)} = ${influxqlString(of)}`;
        const expected = { time: timeMs, ...fields, ...(of === '' ? {} : tags) };
        const rows = await database
          .query(query)
          .catch((error: Error) => assert.fail(`${error.message}: ${JSON.stringify(query)}`));
        assert.deepEqual(rows, [expected], `${lines[n]}\n${query}`);
      }
    },
  );
});
