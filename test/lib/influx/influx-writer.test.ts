import assert from 'node:assert/strict';
import { describe, it, type TestContext } from 'node:test';
import type { ConnectionChange } from '../../../lib/delivery/connection-state';
import type { InfluxConnectionOptions } from '../../../lib/influx/influx-options';
import { InfluxWriter, type InfluxWriterOptions } from '../../../lib/influx/influx-writer';
import type { Point } from '../../../lib/influx/point';
import { TwinError } from '../../../lib/reading/twin-error';
import { InfluxDatabase } from '../../support/influx-database';

const START_MS = 1_700_000_000_000;

const point = (index: number, change: Partial<Point> = {}): Point => ({
  measurement: 'Temperature',
  tags: { location: 'Germany', Source: 'board' },
  fields: { 'Ambient Temperature': index / 2 },
  timeMs: START_MS + index,
  ...change,
});

/** Closed with the test; remembers its states. */
function writerOf(t: TestContext, connection: InfluxConnectionOptions, options: InfluxWriterOptions = {}) {
  const writer = new InfluxWriter(connection, { backoff: { minMs: 20, maxMs: 100 }, ...options });
  const changes: ConnectionChange[] = [];
  writer.on('state', (change) => changes.push(change));
  t.after(() => writer.close(0));
  return { writer, changes, states: () => changes.map(({ state }) => state) };
}

const refusal = (code: string, words: RegExp) => (error: unknown) =>
  error instanceof TwinError && error.code === code && words.test(error.message);

describe('InfluxDB writer', () => {
  it('resolves when the server holds the points, with their tags, values and times', async (t) => {
    const database = await InfluxDatabase.create(t);
    const { writer } = writerOf(t, database.connection);
    await writer.write([
      point(1),
      point(2, { fields: { 'Ambient Temperature': 23, count: 7n, note: 'a "b"', ok: true } }),
    ]);
    const rows = await database.query('SELECT * FROM "Temperature"');
    const tags = { location: 'Germany', Source: 'board' };
    assert.deepEqual(rows, [
      { time: START_MS + 1, 'Ambient Temperature': 0.5, count: null, note: null, ok: null, ...tags },
      { time: START_MS + 2, 'Ambient Temperature': 23, count: 7, note: 'a "b"', ok: true, ...tags },
    ]);
  });

  it('shows that it is connected before the first point, and stores nothing for it', async (t) => {
    const database = await InfluxDatabase.create(t);
    const { writer, states } = writerOf(t, database.connection);
    const connected = new Promise<void>((resolve) =>
      writer.on('state', ({ state }) => state === 'connected' && resolve()),
    );
    writer.start();
    await connected;
    assert.deepEqual(states(), ['connecting', 'connected']);
    assert.deepEqual(await database.query('SHOW MEASUREMENTS'), []);
  });

  it('stores 20,000 points given one by one, each once', async (t) => {
    const database = await InfluxDatabase.create(t);
    const { writer } = writerOf(t, database.connection, { concurrency: 2 });
    await Promise.all(Array.from({ length: 20_000 }, (_, index) => writer.write([point(index)])));
    const [counted] = await database.query('SELECT count("Ambient Temperature") AS n FROM "Temperature"');
    assert.equal(counted?.n, 20_000);
  });

  it('compresses when told', async (t) => {
    const database = await InfluxDatabase.create(t);
    const { writer } = writerOf(t, database.connection, { gzip: true });
    await writer.write(Array.from({ length: 5_000 }, (_, index) => point(index)));
    const [counted] = await database.query('SELECT count("Ambient Temperature") AS n FROM "Temperature"');
    assert.equal(counted?.n, 5_000);
  });

  it('gives a point without a time the moment of the call, in each attempt the same', async (t) => {
    const database = await InfluxDatabase.create(t);
    const { writer } = writerOf(t, database.connection, { now: () => START_MS });
    await writer.write([{ measurement: 'm', tags: {}, fields: { f: 1 } }]);
    assert.deepEqual(await database.query('SELECT * FROM m'), [{ time: START_MS, f: 1 }]);
  });

  it('refuses what cannot be encoded before anything of the call is sent', async (t) => {
    const database = await InfluxDatabase.create(t);
    const { writer } = writerOf(t, database.connection);
    const failed = writer.write([point(1), point(2, { fields: { 'Ambient Temperature': NaN } })]);
    await assert.rejects(failed, refusal('INFLUX_NOT_A_NUMBER', /Ambient Temperature/));
    assert.deepEqual(await database.query('SHOW MEASUREMENTS'), []);
  });

  it('refuses a point that is larger than a request may be, and takes its neighbours', async (t) => {
    const database = await InfluxDatabase.create(t);
    const { writer } = writerOf(t, database.connection, { maxBytes: 1_000 });
    const large = writer.write([point(1, { fields: { note: 'ä'.repeat(600) } })]);
    await assert.rejects(large, refusal('INFLUX_POINT_TOO_LARGE', /1000 bytes/));
    await writer.write(Array.from({ length: 100 }, (_, index) => point(index)));
    const [counted] = await database.query('SELECT count("Ambient Temperature") AS n FROM "Temperature"');
    assert.equal(counted?.n, 100);
  });

  it('rejects after it was closed, and closes twice without harm', async (t) => {
    const database = await InfluxDatabase.create(t);
    const { writer, states } = writerOf(t, database.connection);
    await Promise.all([writer.close(), writer.close()]);
    await assert.rejects(
      writer.write([point(1)]),
      (error) => error instanceof TwinError && error.code === 'DELIVERY_CLOSED',
    );
    assert.deepEqual(states(), ['stopped']);
  });
});

/**
 * A line that no server can parse, though its escaping is right: the names and tags of a series must stay below 64 kB.
 */
const malformed = (index: number): Point => point(index, { tags: { Source: `${index}`.padEnd(70_000, 'x') } });
const conflicting = (index: number): Point => point(index, { fields: { 'Ambient Temperature': 'warm' } });

describe('InfluxDB writer and points that will never be stored', () => {
  /** Writes each point on its own, all at once, so that they share batches; says which were refused and why. */
  async function writeAll(t: TestContext, points: readonly Point[]) {
    const database = await InfluxDatabase.create(t);
    await database.write(`Temperature,location=Germany,Source=board Ambient\\ Temperature=1 ${START_MS - 1}`);
    const { writer } = writerOf(t, database.connection);
    const outcomes = await Promise.allSettled(points.map((each) => writer.write([each])));
    const rows = await database.query('SELECT "Ambient Temperature" AS value FROM "Temperature"');
    const refused = outcomes.flatMap((outcome, index) =>
      outcome.status === 'rejected' ? [{ index, error: outcome.reason as TwinError }] : [],
    );
    return { refused, stored: rows.map(({ time }) => Number(time) - START_MS).filter((index) => index >= 0) };
  }

  it('refuses one of another type alone, and stores its batch-mates once', async (t) => {
    const points = Array.from({ length: 1_000 }, (_, index) => (index === 567 ? conflicting(index) : point(index)));
    const { refused, stored } = await writeAll(t, points);
    assert.deepEqual(
      refused.map(({ index, error }) => [index, error.code]),
      [[567, 'INFLUX_POINT_REFUSED']],
    );
    assert.match(refused[0]?.error.message ?? '', /refused the point Temperature,.*warm.*: .*field type conflict/);
    assert.deepEqual(
      stored,
      [...points.keys()].filter((index) => index !== 567),
    );
  });

  it('finds a malformed line behind a type conflict, where 1.6.7 names only the conflict and drops both', async (t) => {
    const bad = new Map([
      [3, conflicting(3)],
      [4, malformed(4)],
      [90, malformed(90)],
      [91, conflicting(91)],
    ]);
    const points = Array.from({ length: 100 }, (_, index) => bad.get(index) ?? point(index));
    const { refused, stored } = await writeAll(t, points);
    assert.deepEqual(
      refused.map(({ index }) => index),
      [3, 4, 90, 91],
    );
    for (const { index, error } of refused) {
      assert.match(
        error.message,
        index === 3 || index === 91 ? /field type conflict/ : /unable to parse: max key length/,
      );
    }
    assert.deepEqual(
      stored,
      [...points.keys()].filter((index) => !bad.has(index)),
    );
  });

  it('refuses a whole batch when all of it is bad', async (t) => {
    const { refused, stored } = await writeAll(
      t,
      Array.from({ length: 500 }, (_, index) => conflicting(index)),
    );
    assert.equal(refused.length, 500);
    assert.deepEqual(stored, []);
  });

  it('does not stumble over control characters that the server quotes in a header', async (t) => {
    // The header holds only the first 1,023 bytes.
    const odd = point(1, { tags: { Source: `bell \u0007 and NUL \0${'x'.repeat(70_000)}` } });
    const { refused, stored } = await writeAll(t, [point(0), odd, point(2)]);
    assert.deepEqual(
      refused.map(({ index, error }) => [index, error.code]),
      [[1, 'INFLUX_POINT_REFUSED']],
    );
    assert.deepEqual(stored, [0, 2]);
  });

  it('is told by the call that held it, whose other points are stored', async (t) => {
    const database = await InfluxDatabase.create(t);
    const { writer } = writerOf(t, database.connection);
    await writer.write([point(0)]);
    await assert.rejects(
      writer.write([point(1), conflicting(2), point(3)]),
      refusal('INFLUX_POINT_REFUSED', /field type conflict/),
    );
    const rows = await database.query('SELECT "Ambient Temperature" FROM "Temperature"');
    assert.deepEqual(
      rows.map(({ time }) => Number(time) - START_MS),
      [0, 1, 3],
    );
  });
});
