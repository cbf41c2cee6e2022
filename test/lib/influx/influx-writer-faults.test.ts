import assert from 'node:assert/strict';
import { describe, it, type TestContext } from 'node:test';
import { InfluxWriter, type InfluxWriterOptions } from '../../../lib/influx/influx-writer';
import type { InfluxConnectionOptions } from '../../../lib/influx/influx-options';
import type { Point } from '../../../lib/influx/point';
import { TwinError } from '../../../lib/reading/twin-error';
import { InfluxDatabase } from '../../support/influx-database';
import { freePort } from '../../support/own-mosquitto';
import { ADMIN, OwnInfluxd } from '../../support/own-influxd';
import { until } from '../../support/until';

const START_MS = 1_700_000_000_000;
const point = (index: number): Point => ({
  measurement: 'm',
  tags: { Source: 'a' },
  fields: { f: index },
  timeMs: START_MS + index,
});

/** Closed with the test; `troubles` are the reasons for which it waited. */
function writerOf(t: TestContext, connection: InfluxConnectionOptions, options: InfluxWriterOptions = {}) {
  const writer = new InfluxWriter(connection, { backoff: { minMs: 20, maxMs: 200 }, ...options });
  const states: string[] = [];
  const troubles: TwinError[] = [];
  writer.on('state', ({ state, error }) => {
    states.push(state);
    if (error) troubles.push(error);
  });
  t.after(() => writer.close(0));
  return { writer, states, troubles };
}

/** Writes a point every few milliseconds until told to stop; every promise counts. */
class Flow {
  readonly #promises: Promise<void>[] = [];
  readonly #timer: NodeJS.Timeout;

  constructor(t: TestContext, writer: InfluxWriter) {
    this.#timer = setInterval(() => {
      for (let more = 0; more < 5; more++) this.#promises.push(writer.write([point(this.#promises.length)]));
    }, 5);
    t.after(() => clearInterval(this.#timer));
  }

  get sent(): number {
    return this.#promises.length;
  }

  /** Ends the flow and awaits that every point was confirmed. */
  async end(): Promise<number> {
    clearInterval(this.#timer);
    await Promise.all(this.#promises);
    return this.#promises.length;
  }
}

async function assertHolds(database: InfluxDatabase, points: number): Promise<void> {
  const rows = await database.query('SELECT f FROM m');
  assert.deepEqual(
    rows.map(({ f }) => f),
    Array.from({ length: points }, (_, index) => index),
    'every point is there, once',
  );
}

describe('InfluxDB writer when the server fails (1.x)', () => {
  it('loses nothing when the server is killed again and again while points flow', async (t) => {
    const server = await OwnInfluxd.start(t);
    const database = await InfluxDatabase.create(t, server.url);
    const { writer, states, troubles } = writerOf(t, database.connection);
    const flow = new Flow(t, writer);
    for (let round = 1; round <= 3; round++) {
      await until(() => flow.sent > round * 500, 10_000, 'points');
      await server.kill();
      const sentAtDeath = flow.sent;
      await until(
        () => flow.sent > sentAtDeath + 200 && troubles.length >= round,
        10_000,
        'points for the dead server',
      );
      await server.restart();
      // A kill before the writer is back is the same trouble still, which is not told again.
      await until(() => states.at(-1) === 'connected', 10_000, 'the return');
    }
    const points = await flow.end();
    await assertHolds(database, points);
    assert.ok(troubles.length >= 3 && troubles.every(({ code }) => code === 'INFLUX_UNREACHABLE'), String(troubles));
    assert.equal(states.at(-1), 'connected');
  });

  it('waits for a server that is not there at the start', async (t) => {
    const server = await OwnInfluxd.prepare(t);
    // The version can only be asked for once it is there.
    const connection: InfluxConnectionOptions = { url: server.url, version: 'auto', bucket: 'late' };
    const { writer, states, troubles } = writerOf(t, connection);
    writer.start();
    const written = writer.write([point(0)]);
    await until(() => states.includes('waiting'), 5_000, 'a waiting writer');
    await server.restart();
    await until(() => troubles.at(-1)?.code === 'INFLUX_DESTINATION_MISSING', 5_000, 'a missing database');
    assert.match(String(troubles.at(-1)?.message), /database not found: "late"/);
    await fetch(`${server.url}/query`, { method: 'POST', body: new URLSearchParams({ q: 'CREATE DATABASE late' }) });
    await written;
    assert.equal(states.at(-1), 'connected');
  });

  it('survives a server that hangs: what timed out is written again and is there once', async (t) => {
    const server = await OwnInfluxd.start(t);
    const database = await InfluxDatabase.create(t, server.url);
    const { writer, troubles } = writerOf(t, { ...database.connection, timeoutMs: 150 });
    const flow = new Flow(t, writer);
    await until(() => flow.sent > 200, 10_000, 'points');
    server.signal('SIGSTOP');
    await until(() => writer.retries > 6, 10_000, 'time-outs');
    server.signal('SIGCONT');
    await assertHolds(database, await flow.end());
    assert.ok(
      troubles.some(({ code }) => code === 'INFLUX_TIMEOUT'),
      String(troubles),
    );
  });

  it('waits while its password is refused, and goes on when it is accepted', async (t) => {
    const server = await OwnInfluxd.start(t, { auth: true });
    const database = await InfluxDatabase.create(t, server.url, ADMIN);
    await database.query(`CREATE USER board WITH PASSWORD 'first'`);
    const connection = { ...database.connection, username: 'board', password: 'second' };
    const { writer, states, troubles } = writerOf(t, connection);
    const written = writer.write([point(0)]);
    await until(() => troubles.at(-1)?.code === 'INFLUX_CREDENTIALS_REFUSED', 5_000, 'a refusal');
    await database.query(`SET PASSWORD FOR board = 'second'`);
    await until(() => troubles.at(-1)?.code === 'INFLUX_ACCESS_DENIED', 5_000, 'a missing right');
    await database.query(`GRANT WRITE ON "${database.name}" TO board`);
    await written;
    assert.equal(states.at(-1), 'connected');
    assert.ok(!troubles.some(({ message }) => /first|second/.test(message)), 'no password in a message');
    await assertHolds(database, 1);
  });

  it('waits while the retention policy is missing, though the server answers 500', async (t) => {
    const database = await InfluxDatabase.create(t);
    if (database.connection.version !== '1') return t.skip('2.x has no retention policies');
    const { writer, troubles } = writerOf(t, { ...database.connection, retentionPolicy: 'long' });
    const written = writer.write([point(0)]);
    await until(() => troubles.at(-1)?.code === 'INFLUX_DESTINATION_MISSING', 5_000, 'a missing policy');
    await database.query(`CREATE RETENTION POLICY long ON "${database.name}" DURATION INF REPLICATION 1`);
    await written;
    assert.deepEqual(await database.query('SELECT f FROM long.m'), [{ time: START_MS, f: 0 }]);
  });

  it('closes in the time it was given though no server answers, and says which points were not confirmed', async (t) => {
    const url = `http://127.0.0.1:${await freePort()}`;
    const { writer, states } = writerOf(t, { url, version: '1', database: 'd' });
    writer.start();
    const written = Promise.allSettled([writer.write([point(0)]), writer.write([point(1), point(2)])]);
    await until(() => states.includes('waiting'), 5_000, 'a waiting writer');
    const before = performance.now();
    await writer.close(100);
    assert.ok(performance.now() - before < 1_000);
    for (const outcome of await written) {
      assert.ok(outcome.status === 'rejected');
      assert.equal((outcome.reason as TwinError).code, 'DELIVERY_CLOSED');
      assert.equal((outcome.reason as TwinError).retryable, true);
    }
    assert.equal(states.at(-1), 'stopped');
  });

  it('refuses more points than may wait', async (t) => {
    const url = `http://127.0.0.1:${await freePort()}`;
    const { writer } = writerOf(t, { url, version: '1', database: 'd' }, { maxQueued: 10 });
    const outcomes = Array.from({ length: 11 }, (_, index) => writer.write([point(index)]));
    await assert.rejects(
      outcomes[10] ?? Promise.resolve(),
      (error) => error instanceof TwinError && error.code === 'DELIVERY_QUEUE_FULL',
    );
    const rest = Promise.allSettled(outcomes);
    await writer.close(0);
    await rest;
  });
});
