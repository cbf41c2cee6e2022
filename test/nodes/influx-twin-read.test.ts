import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import { InfluxDatabase } from '../support/influx-database';
import { freePort } from '../support/own-mosquitto';
import { OwnInfluxd } from '../support/own-influxd';
import { Runtime, type Message } from '../support/runtime';

const TYPES = ['influx-twin-database', 'influx-twin-read'];
const START_MS = 1_700_000_400_000;
const MINUTE = 60_000;
const ISO_START = new Date(START_MS).toISOString();

/** Boards a (0, 1, 2 … 9) and b (100, 101 … 109), a value a minute. */
const LINES = Array.from({ length: 10 }, (_, minute) => {
  const time = START_MS + minute * MINUTE;
  return `room,Source=a temp=${minute},hum=${minute * 2} ${time}\nroom,Source=b temp=${100 + minute} ${time}`;
}).join('\n');

const WHOLE = { measurement: 'room', field: 'temp', from: ISO_START, to: String(START_MS + 10 * MINUTE) };
const OF_A = [{ tag: 'Source', value: 'a' }];

/**
 * A database node `d`, a read node `r`, and helper nodes on its outputs and on catch (`caught`) and complete
 * (`complete`).
 */
async function start(
  t: TestContext,
  read: Record<string, unknown>,
  place?: { readonly url: string; readonly name: string },
): Promise<{ runtime: Runtime; database: InfluxDatabase | undefined; ask: (message?: Message) => Promise<Message> }> {
  const database = place ? undefined : await InfluxDatabase.create(t);
  if (database) assert.equal((await database.write(LINES)).status, 204);
  const { url, name } = place ?? { url: database?.connection.url, name: database?.name };
  const on = { z: 'tab', x: 100, y: 100 };
  const flow = [
    { id: 'tab', type: 'tab' },
    { id: 'd', type: 'influx-twin-database', url, database: name, org: database?.connection.org ?? '' },
    {
      id: 'r',
      type: 'influx-twin-read',
      database: 'd',
      name: 'from database',
      wires: [['result'], ['rejected']],
      ...on,
      ...read,
    },
    { id: 'result', type: 'helper', ...on },
    { id: 'rejected', type: 'helper', ...on },
    { id: 'catch', type: 'catch', wires: [['caught']], ...on },
    { id: 'caught', type: 'helper', ...on },
    { id: 'completed', type: 'complete', scope: ['r'], wires: [['complete']], ...on },
    { id: 'complete', type: 'helper', ...on },
  ];
  const token = process.env.INFLUX_TOKEN;
  const runtime = await Runtime.start(t, TYPES, flow, { d: token ? { token } : {} });
  const ask = (message: Message = {}): Promise<Message> => {
    const refused = Promise.race([runtime.next('rejected'), runtime.next('caught')]).then(({ error }) => {
      throw new Error(`not answered: ${error?.message}`);
    });
    const answer = Promise.race([runtime.next('result'), refused]);
    runtime.send('r', message);
    return answer;
  };
  return { runtime, database, ask };
}

test('a message is answered with the series that the options describe, and keeps what else it carries', async (t) => {
  const { runtime, ask } = await start(t, { ...WHOLE, tags: OF_A });
  const completed = runtime.next('complete');
  const { payload, topic, other } = await ask({ payload: 'now', topic: 'chart', other: 5 });
  assert.deepEqual(payload, {
    name: 'temp',
    times: Array.from({ length: 10 }, (_, minute) => START_MS + minute * MINUTE),
    values: [0, 1, 2, 3, 4, 5, 6, 7, 8, 9],
  });
  assert.deepEqual([topic, other], ['chart', 5]);
  await completed;
  assert.equal((await runtime.status('r', /status\.read$/)).fill, 'green');
});

test('windows, fill and rows come as the options say', async (t) => {
  const window = { windowed: true, every: '5m', aggregate: 'max', fill: 'number', fillNumber: -1, output: 'rows' };
  const { ask } = await start(t, {
    ...WHOLE,
    tags: OF_A,
    field: 'temp, hum',
    ...window,
    to: String(START_MS + 15 * MINUTE),
  });
  assert.deepEqual((await ask()).payload, [
    { time: START_MS, temp: 4, hum: 8 },
    { time: START_MS + 5 * MINUTE, temp: 9, hum: 18 },
    { time: START_MS + 10 * MINUTE, temp: -1, hum: -1 },
  ]);
});

test('properties of the message override the options', async (t) => {
  const { ask } = await start(t, { ...WHOLE, measurement: 'nothing', field: 'none', limit: 1 });
  const message = {
    ...{
      measurement: 'room',
      field: 'temp',
      tags: { Source: ['a'] },
      from: START_MS,
      to: new Date(START_MS + 4 * MINUTE),
    },
    ...{ every: '2m', aggregate: 'sum', fill: 'null', limit: 5 },
  };
  assert.deepEqual((await ask(message)).payload, {
    name: 'temp',
    times: [START_MS, START_MS + 2 * MINUTE],
    values: [1, 5],
  });
});

test('answers leave in the order of the questions', async (t) => {
  const { runtime } = await start(t, { ...WHOLE, tags: OF_A });
  const results = runtime.collect('result', 20);
  for (let minutes = 1; minutes <= 20; minutes++)
    runtime.send('r', { from: START_MS, to: START_MS + ((minutes % 10) + 1) * MINUTE });
  const lengths = (await results).map(({ payload }) => (payload as { times: number[] }).times.length);
  assert.deepEqual(
    lengths,
    Array.from({ length: 20 }, (_, index) => ((index + 1) % 10) + 1),
  );
});

test('a large result comes in batches that say which they are', async (t) => {
  const { runtime } = await start(t, { ...WHOLE, tags: OF_A, output: 'rows', batches: true, batch: 4 });
  const results = runtime.collect('result', 3);
  runtime.send('r', { other: 'kept' });
  const parts = await results;
  assert.deepEqual(
    parts.map(({ payload }) => (payload as { temp: number }[]).map(({ temp }) => temp)),
    [
      [0, 1, 2, 3],
      [4, 5, 6, 7],
      [8, 9],
    ],
  );
  const [first, second, last] = parts.map((message) => message['parts'] as Record<string, unknown>);
  assert.deepEqual([first?.index, second?.index, last?.index], [0, 1, 2]);
  assert.deepEqual([first?.count, second?.count, last?.count], [undefined, undefined, 3]);
  assert.ok(first?.id === last?.id && parts.every(({ other }) => other === 'kept'));
});

test('an empty range is one empty answer', async (t) => {
  const { ask } = await start(t, { ...WHOLE, from: '-1m', to: 'now' });
  assert.deepEqual((await ask()).payload, { name: 'temp', times: [], values: [] });
});

test('an empty range in batches is one empty batch', async (t) => {
  const { ask } = await start(t, { ...WHOLE, from: '-1m', to: 'now', output: 'rows', batches: true });
  const { payload, parts } = await ask();
  assert.deepEqual([payload, (parts as { count: number }).count], [[], 1]);
});

test("a query of one's own gets its values beside it", async (t) => {
  const influxql = 'SELECT temp FROM room WHERE "Source" = $board AND temp >= $least';
  const { ask } = await start(t, { query: 'influxql', influxql });
  const { payload } = await ask({ parameters: { board: 'b', least: 108 } });
  assert.deepEqual(
    payload,
    [8, 9].map((minute) => ({ time: START_MS + minute * MINUTE, temp: 100 + minute })),
  );
  const other = await ask({ query: 'SELECT count(temp) FROM room GROUP BY "Source"' });
  assert.deepEqual(other.payload, [
    { time: 0, Source: 'a', count: 10 },
    { time: 0, Source: 'b', count: 10 },
  ]);
});

test('what cannot be answered is rejected with its reason, and costs only itself', async (t) => {
  const { runtime, ask } = await start(t, { ...WHOLE, tags: OF_A, rejectedOutput: true, most: 5 });
  const wrong: [Message, string][] = [
    [{ from: 'yesterday' }, 'INFLUX_TIME_INVALID'],
    [{ every: 'often' }, 'INFLUX_DURATION_INVALID'],
    [{ every: '1m', aggregate: 'best' }, 'INFLUX_HISTORY_OPTIONS'],
    [{ tags: 'a' }, 'MESSAGE_PROPERTY'],
    [{ field: 7 }, 'MESSAGE_PROPERTY'],
    [{}, 'INFLUX_RESULT_TOO_LARGE'],
    [{ field: ['temp', 'hum'] }, 'INFLUX_HISTORY_OPTIONS'],
    [{ action: 'delete' }, 'INFLUX_DELETE_FORBIDDEN'],
  ];
  const rejected = runtime.collect('rejected', wrong.length);
  for (const [message] of wrong) runtime.send('r', { ...message, other: 1 });
  assert.deepEqual(
    (await rejected).map(({ error, other }) => [error?.code, other]),
    wrong.map(([, code]) => [code, 1]),
  );
  assert.equal(((await ask({ limit: 3 })).payload as { times: number[] }).times.length, 3);
});

test('the newest points: as many as the option says, or the message, where 0 means all', async (t) => {
  const { ask } = await start(t, { ...WHOLE, tags: OF_A, limit: 2 });
  const values = async (message?: Message) => ((await ask(message)).payload as { values: number[] }).values;
  assert.deepEqual(await values(), [8, 9]);
  assert.deepEqual(await values({ limit: 3 }), [7, 8, 9]);
  assert.equal((await values({ limit: 0 })).length, 10);
});

test('a refused query reaches catch nodes where there is no rejected output', async (t) => {
  const { runtime } = await start(t, { query: 'influxql', influxql: 'SELEC temp' });
  const [caught, completed] = [runtime.next('caught'), runtime.record('complete')];
  runtime.send('r', {});
  assert.match((await caught).error?.message ?? '', /InfluxDB answered 400: .*found SELEC/);
  assert.equal(completed.length, 0);
  assert.equal((await runtime.status('r', /INFLUX_QUERY_FAILED|status\.failed/)).fill, 'red');
});

test('Flux is refused on 1.x in so many words', async (t) => {
  const server = await OwnInfluxd.start(t);
  const { runtime } = await start(t, { query: 'flux', flux: 'buckets()' }, { url: server.url, name: 'nowhere' });
  const caught = runtime.next('caught');
  runtime.send('r', {});
  assert.match((await caught).error?.message ?? '', /Flux needs InfluxDB 2\.x: use InfluxQL/);
});

test('a range is deleted when the message asks and the options allow', async (t) => {
  const { ask, database } = await start(t, { ...WHOLE, tags: OF_A, allowDelete: true });
  const range = { from: START_MS + 2 * MINUTE, to: START_MS + 8 * MINUTE };
  const { payload } = await ask({ action: 'delete', ...range });
  const deleted = { measurement: 'room', tags: { Source: 'a' }, startMs: range.from, stopMs: range.to };
  assert.deepEqual(payload, { deleted });
  assert.deepEqual(((await ask()).payload as { values: number[] }).values, [0, 1, 8, 9]);
  assert.equal((await database?.query(`SELECT temp FROM room WHERE "Source" = 'b'`))?.length, 10);
});

test('a server that is away costs the question, not the node', async (t) => {
  const place = { url: `http://127.0.0.1:${await freePort()}`, name: 'nowhere' };
  const { runtime } = await start(t, WHOLE, place);
  const caught = runtime.collect('caught', 2);
  runtime.send('r', {});
  runtime.send('r', {});
  for (const { error } of await caught) assert.match(error?.message ?? '', /InfluxDB does not answer: .*ECONNREFUSED/);
  assert.equal((await runtime.status('r', /INFLUX_UNREACHABLE|status\.waiting/)).fill, 'red');
});

test('a deploy ends a query under way at once', async (t) => {
  const server = await OwnInfluxd.start(t);
  const { runtime } = await start(t, WHOLE, { url: server.url, name: 'nowhere' });
  server.signal('SIGSTOP');
  const ended = ['result', 'caught', 'complete'].map((id) => runtime.record(id));
  const reading = runtime.status('r', /status\.reading/);
  runtime.send('r', {});
  await reading;
  const before = performance.now();
  await runtime.unload();
  assert.ok(performance.now() - before < 2_000);
  assert.deepEqual(
    ended.map(({ length }) => length),
    [0, 0, 0],
  );
});
