import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import { InfluxDatabase } from '../support/influx-database';
import { freePort } from '../support/own-mosquitto';
import { ADMIN, OwnInfluxd } from '../support/own-influxd';
import { Runtime } from '../support/runtime';
import { until } from '../support/until';

const TYPES = ['influx-twin-database', 'influx-twin-write'];
const STAMP = 1_700_000_000_000;

interface Setup {
  readonly database: { readonly url: string; readonly name: string };
  readonly config?: Record<string, unknown>;
  readonly write?: Record<string, unknown>;
  readonly credentials?: Record<string, string>;
  /** Whether the outputs are there and wired. */
  readonly outputs?: boolean;
}

/**
 * A database node `d`, a write node `w`, and helper nodes on its outputs, on catch (`caught`) and complete
 * (`complete`).
 */
async function start(
  t: TestContext,
  { database, config, write, credentials, outputs = true }: Setup,
): Promise<Runtime> {
  const place = { z: 'tab', x: 100, y: 100 };
  const flow = [
    { id: 'tab', type: 'tab' },
    { id: 'd', type: 'influx-twin-database', url: database.url, database: database.name, ...config },
    {
      ...{ id: 'w', type: 'influx-twin-write', database: 'd', name: 'to database', ...place },
      ...(outputs && { acceptedOutput: true, rejectedOutput: true, wires: [['accepted'], ['rejected']] }),
      ...write,
    },
    { id: 'accepted', type: 'helper', ...place },
    { id: 'rejected', type: 'helper', ...place },
    { id: 'catch', type: 'catch', wires: [['caught']], ...place },
    { id: 'caught', type: 'helper', ...place },
    { id: 'completed', type: 'complete', scope: ['w'], wires: [['complete']], ...place },
    { id: 'complete', type: 'helper', ...place },
  ];
  return Runtime.start(t, TYPES, flow, { d: credentials ?? secretsOf() });
}

/** 2.x wants its token; 1.x as the tests start it wants nothing. */
const secretsOf = (): Record<string, string> => (process.env.INFLUX_TOKEN ? { token: process.env.INFLUX_TOKEN } : {});

async function databaseOf(t: TestContext) {
  const database = await InfluxDatabase.create(t);
  const { url, org = '' } = database.connection;
  return { database: { url, name: database.name }, config: { org }, query: (text: string) => database.query(text) };
}

const complaints = (runtime: Runtime) =>
  runtime.log().filter(([level, text]) => level <= 30 && !/^(\[helper\]|nodes\.)/.test(text));

test('a reading becomes the points of the table, tagged and timed by itself, and goes on as it came', async (t) => {
  const { query, ...setup } = await databaseOf(t);
  const tags = [
    { tag: 'location', from: 'text', value: 'Germany' },
    { tag: 'Source', from: 'key', value: 'Source' },
  ];
  const runtime = await start(t, { ...setup, write: { tags } });
  const payload = { 'Ambient Temperature': 23, 'Ambient Humidity': 45.1, MQTT_Timestamp: STAMP, Source: 'north' };
  const [accepted, completed] = [runtime.next('accepted'), runtime.next('complete')];
  runtime.send('w', { payload, other: 'kept' });
  const message = await accepted;
  assert.deepEqual(message['payload'], payload);
  assert.equal(message['other'], 'kept');
  await completed;
  const common = { time: STAMP, Source: 'north', location: 'Germany' };
  assert.deepEqual(await query('SELECT * FROM "Temperature"'), [{ 'Ambient Temperature': 23, ...common }]);
  assert.deepEqual(await query('SELECT * FROM "Humidity"'), [{ 'Ambient Humidity': 45.1, ...common }]);
});

test('a message is done only when the server holds it', async (t) => {
  const { query, ...setup } = await databaseOf(t);
  const runtime = await start(t, { ...setup, outputs: false });
  for (let index = 0; index < 20; index++) {
    const completed = runtime.next('complete');
    runtime.send('w', { payload: { 'Ambient Temperature': index, MQTT_Timestamp: STAMP + index } });
    await completed;
    assert.equal((await query('SELECT * FROM "Temperature"')).length, index + 1);
  }
});

test('a batch costs each bad reading alone; the rest goes on and is stored once', async (t) => {
  const { query, ...setup } = await databaseOf(t);
  const runtime = await start(t, setup);
  const reading = (index: number, value: unknown = index / 2) => ({
    'Ambient Temperature': value,
    MQTT_Timestamp: STAMP + index,
  });
  const [rejected, accepted] = [runtime.collect('rejected', 6), runtime.next('accepted')];
  const good = [reading(1), reading(2), JSON.stringify(reading(3)), Buffer.from(JSON.stringify(reading(4)))];
  const bad = [
    reading(5, 'warm'),
    reading(6, NaN),
    { Pressure: 1 },
    5,
    '{"broken',
    { ...reading(7), MQTT_Timestamp: 'now' },
  ];
  runtime.send('w', { payload: [good[0], bad[0], good[1], bad[1], bad[2], good[2], bad[3], bad[4], good[3], bad[5]] });
  const refused = await rejected;
  assert.deepEqual(
    refused.map(({ error, payload }) => [error?.code, payload]),
    [
      ['INFLUX_FIELD_TYPE', bad[0]],
      ['INFLUX_NOT_A_NUMBER', bad[1]],
      ['INFLUX_NOTHING_TO_WRITE', bad[2]],
      ['READING_NOT_AN_OBJECT', bad[3]],
      ['READING_NOT_JSON', bad[4]],
      ['INFLUX_TIME_INVALID', bad[5]],
    ],
  );
  const source = { id: 'w', type: 'influx-twin-write', name: 'to database' };
  assert.deepEqual(refused[0]?.error, { ...refused[0]?.error, source });
  assert.deepEqual((await accepted)['payload'], good);
  const rows = await query('SELECT "Ambient Temperature" AS v FROM "Temperature"');
  assert.deepEqual(
    rows.map(({ v }) => v),
    [0.5, 1, 1.5, 2],
  );
});

test('a point that the server refuses is told to its message only', async (t) => {
  const { query, ...setup } = await databaseOf(t);
  const runtime = await start(t, setup);
  const first = runtime.next('accepted');
  runtime.send('w', { payload: { measurement: 'm', fields: { f: 1.5 }, time: STAMP } });
  await first;
  const [rejected, accepted] = [runtime.record('rejected'), runtime.collect('accepted', 99)];
  for (let index = 1; index <= 100; index++) {
    runtime.send('w', {
      payload: { measurement: 'm', fields: { f: index === 50 ? 'text' : index }, time: STAMP + index },
    });
  }
  assert.equal((await accepted).length, 99);
  await until(() => rejected.length > 0, 5_000, 'the rejected one');
  assert.equal(rejected.length, 1);
  assert.equal(rejected[0]?.error?.code, 'INFLUX_POINT_REFUSED');
  assert.match(rejected[0]?.error?.message ?? '', /field type conflict/);
  assert.equal((await query('SELECT f FROM m')).length, 100);
});

test('points given outright keep their types, tags and time, one or many', async (t) => {
  const { query, ...setup } = await databaseOf(t);
  const runtime = await start(t, setup);
  const accepted = runtime.next('accepted');
  const point = (index: number) => ({
    ...{ measurement: 'p', tags: { room: index }, time: STAMP + index },
    fields: { f: 1, i: { type: 'integer', value: 7 }, s: 'x', b: true },
  });
  runtime.send('w', { payload: [point(1), point(2)] });
  await accepted;
  const fields = { b: true, f: 1, i: 7, s: 'x' };
  assert.deepEqual(await query('SELECT * FROM p'), [
    { time: STAMP + 1, room: '1', ...fields },
    { time: STAMP + 2, room: '2', ...fields },
  ]);
  assert.deepEqual(
    (await query('SHOW FIELD KEYS FROM p')).map(({ fieldKey, fieldType }) => [fieldKey, fieldType]),
    [
      ['b', 'boolean'],
      ['f', 'float'],
      ['i', 'integer'],
      ['s', 'string'],
    ],
  );
});

test('all measured values go into one measurement, which the message may name, with tags of its own', async (t) => {
  const { query, ...setup } = await databaseOf(t);
  const runtime = await start(t, { ...setup, write: { fields: 'all' } });
  const payload = { 'MQTT Bridge Time Diff': 2, Bridge_Kafka: 3.5, MQTT_Timestamp: STAMP, Source: 'n', note: 'x' };
  const accepted = runtime.collect('accepted', 2);
  runtime.send('w', { payload });
  runtime.send('w', { payload, measurement: 'Delays', tags: { Source: 'other', run: 7 } });
  await accepted;
  const fields = { Bridge_Kafka: 3.5, 'MQTT Bridge Time Diff': 2 };
  assert.deepEqual(await query('SELECT * FROM "Timestamp"'), [{ time: STAMP, Source: 'n', ...fields }]);
  assert.deepEqual(await query('SELECT * FROM "Delays"'), [{ time: STAMP, Source: 'other', run: '7', ...fields }]);
});

test('readings within one millisecond stay apart by their numbers, and the same one again is stored once', async (t) => {
  const { query, ...setup } = await databaseOf(t);
  const runtime = await start(t, setup);
  const reading = (Sequence: number) => ({
    'Ambient Temperature': Sequence,
    MQTT_Timestamp: STAMP,
    Source: 'n',
    Sequence,
  });
  const accepted = runtime.collect('accepted', 2);
  runtime.send('w', { payload: [1, 2, 3].map(reading) });
  runtime.send('w', { payload: [2, 3, 4].map(reading) });
  await accepted;
  const rows = await query('SELECT "Ambient Temperature" AS v FROM "Temperature"');
  assert.deepEqual(
    rows.map(({ time, v }) => [time, v]),
    [1, 2, 3, 4].map((value) => [STAMP, value]),
  );
});

test('the time of arrival takes the place of the stamp when told', async (t) => {
  const { query, ...setup } = await databaseOf(t);
  const runtime = await start(t, { ...setup, write: { time: 'now' } });
  const [accepted, before] = [runtime.next('accepted'), Date.now()];
  runtime.send('w', { payload: { 'Ambient Temperature': 20, MQTT_Timestamp: STAMP } });
  await accepted;
  const [row] = await query('SELECT * FROM "Temperature"');
  assert.ok(Number(row?.time) >= before && Number(row?.time) <= Date.now());
});

test('a message that cannot be written reaches catch nodes where nothing is wired to the rejected output', async (t) => {
  const setup = await databaseOf(t);
  const runtime = await start(t, { ...setup, outputs: false });
  const [caught, completed] = [runtime.collect('caught', 2), runtime.record('complete')];
  runtime.send('w', { payload: { Pressure: 1 } });
  runtime.send('w', { payload: { 'Ambient Temperature': 1 }, tags: 'none' });
  const reasons = (await caught).map(({ error }) => error?.message ?? '').sort();
  assert.match(reasons[0] ?? '', /msg\.tags must be an object/);
  assert.match(reasons[1] ?? '', /none of the mapped keys/);
  assert.equal(completed.length, 0);
});

test('the status says connected before the first reading, then how many points are stored', async (t) => {
  const setup = await databaseOf(t);
  const runtime = await start(t, setup);
  runtime.send('w', { payload: { 'Ambient Temperature': 1, 'Ambient Humidity': 2 } });
  assert.deepEqual(await runtime.status('w', /status\.written/), {
    ...{ fill: 'green', shape: 'dot', text: 'influx-twin-write.status.written' },
  });
  assert.deepEqual(complaints(runtime), []);
});

test('readings wait for a server that is not there yet, with one line in the log', async (t) => {
  const server = await OwnInfluxd.prepare(t);
  process.env.TEST_WRITE_URL = server.url;
  process.env.TEST_WRITE_DATABASE = 'late';
  const database = { url: '${TEST_WRITE_URL}', name: '${TEST_WRITE_DATABASE}' };
  const runtime = await start(t, { database, credentials: {}, write: { spool: false } });
  const waiting = runtime.status('w', /INFLUX_UNREACHABLE|status\.waiting/);
  const accepted = runtime.collect('accepted', 10);
  for (let index = 0; index < 10; index++) {
    runtime.send('w', { payload: { 'Ambient Temperature': index, MQTT_Timestamp: STAMP + index } });
  }
  assert.equal((await waiting).fill, 'red');
  await server.restart();
  const missing = runtime.status('w', /INFLUX_DESTINATION_MISSING|status\.waiting/);
  await missing;
  await fetch(`${server.url}/query`, { method: 'POST', body: new URLSearchParams({ q: 'CREATE DATABASE late' }) });
  assert.equal((await accepted).length, 10);
  const lines = complaints(runtime).map(([, text]) => text);
  assert.ok(lines.length >= 1 && lines.length <= 2, lines.join('\n'));
  assert.match(lines[0] ?? '', /InfluxDB does not answer: .*ECONNREFUSED/);
  assert.ok(
    lines.every((line) => !/\n\s+at /.test(line)),
    'no stack',
  );
});

test('a wrong password is a status and one error that does not tell it', async (t) => {
  const server = await OwnInfluxd.start(t, { auth: true });
  const database = await InfluxDatabase.create(t, server.url, ADMIN);
  const place = { url: server.url, name: database.name };
  const runtime = await start(t, { database: place, credentials: { username: ADMIN.name, password: 'wrong-one' } });
  await runtime.status('w', /INFLUX_CREDENTIALS_REFUSED|status\.waiting/);
  const lines = complaints(runtime).map(([, text]) => text);
  assert.equal(lines.length, 1);
  assert.match(lines[0] ?? '', /answered 401: .*check the user name and password/);
  assert.ok(!JSON.stringify(runtime.log()).includes('wrong-one'));
});

test('a deploy ends at once while the server is away, and the messages are neither done nor rejected', async (t) => {
  const database = { url: `http://127.0.0.1:${await freePort()}`, name: 'nowhere' };
  const runtime = await start(t, { database, credentials: {} });
  const ended = ['accepted', 'rejected', 'caught', 'complete'].map((id) => runtime.record(id));
  const waiting = runtime.status('w', /./);
  for (let index = 0; index < 100; index++) runtime.send('w', { payload: { 'Ambient Temperature': index } });
  await waiting;
  const before = performance.now();
  await runtime.unload();
  assert.ok(performance.now() - before < 2_000);
  assert.deepEqual(
    ended.map(({ length }) => length),
    [0, 0, 0, 0],
  );
});

test('a deploy lets the points under way reach the server', async (t) => {
  const { query, ...setup } = await databaseOf(t);
  const runtime = await start(t, setup);
  await runtime.status('w', /status\.written/);
  for (let index = 0; index < 2_000; index++) {
    runtime.send('w', { payload: { 'Ambient Temperature': index, MQTT_Timestamp: STAMP + index } });
  }
  await new Promise<void>((resolve) => setImmediate(resolve));
  await runtime.unload();
  assert.equal((await query('SELECT * FROM "Temperature"')).length, 2_000);
});

test('options that cannot work are a red status and one error; messages are refused in the same words', async (t) => {
  const database = { url: 'http://user:secret@127.0.0.1:8086', name: 'nowhere' };
  const runtime = await start(t, { database, credentials: {} });
  const caught = runtime.next('caught');
  runtime.send('w', { payload: { 'Ambient Temperature': 1 } });
  assert.match((await caught).error?.message ?? '', /give them as credentials/);
  assert.ok(!JSON.stringify(runtime.log()).includes('secret'));
});
