import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { foreignSubscriber } from '../support/mosquitto-sub';
import { OPEN_TO_ALL, OwnMosquitto, freePort } from '../support/own-mosquitto';
import { Runtime } from '../support/runtime';
import { mqttUrl } from '../support/servers';

const TYPES = ['mqtt-twin-broker', 'mqtt-twin-write', 'catch', 'complete'];
const addressOf = (url: string) => ({ host: new URL(url).hostname, port: new URL(url).port });

/** Node-RED takes a node without a place on the canvas for a config node. */
const placed = <N extends { readonly id: string; readonly type: string }>(flow: readonly N[]) =>
  flow.map((node) => ('z' in node ? { x: 100, y: 100, ...node } : node));

interface Setup {
  readonly url?: string;
  readonly write?: Record<string, unknown>;
  readonly broker?: Record<string, unknown>;
  readonly credentials?: Record<string, string>;
  /** Whether the outputs are there and wired. */
  readonly outputs?: boolean;
}

/**
 * A broker node `b`, a write node `w`, and helper nodes on its outputs, on catch (`caught`) and complete (`complete`).
 */
async function start(t: TestContext, { url = mqttUrl(), write, broker, credentials, outputs = true }: Setup) {
  const topic = `node/${randomUUID()}`;
  const flow = [
    { id: 'tab', type: 'tab' },
    { id: 'b', type: 'mqtt-twin-broker', ...addressOf(url), ...broker },
    {
      ...{ id: 'w', type: 'mqtt-twin-write', z: 'tab', broker: 'b', topic, name: 'to broker' },
      ...(outputs && { acceptedOutput: true, rejectedOutput: true, wires: [['accepted'], ['rejected']] }),
      ...write,
    },
    { id: 'accepted', type: 'helper', z: 'tab' },
    { id: 'rejected', type: 'helper', z: 'tab' },
    { id: 'catch', type: 'catch', z: 'tab', wires: [['caught']] },
    { id: 'caught', type: 'helper', z: 'tab' },
    { id: 'completed', type: 'complete', z: 'tab', scope: ['w'], wires: [['complete']] },
    { id: 'complete', type: 'helper', z: 'tab' },
  ];
  const runtime = await Runtime.start(t, TYPES, placed(flow), { b: credentials ?? {} });
  return { runtime, topic };
}

/** Errors and warnings that are not Node-RED's own. */
const complaints = (runtime: Runtime) =>
  runtime.log().filter(([level, text]) => level <= 30 && !/^(\[helper\]|nodes\.)/.test(text));

test('another client sees exactly the JSON of the wire, and the message goes on as it came', async (t) => {
  const { runtime, topic } = await start(t, {});
  const far = await foreignSubscriber(t, mqttUrl(), topic);
  const payload = {
    ...{ 'Ambient Temperature': 23, 'Ambient Humidity': 45.1, 'Wall1 Temperature': 22.51, 'Wall1 Humidity': 44 },
    ...{ 'Wall2 Temperature': -0.5, 'Wall2 Humidity': 100 },
  };
  const before = Date.now();
  const accepted = runtime.next('accepted');
  runtime.send('w', { payload, other: 'kept' });
  const message = await accepted;
  await far.reach(1);
  const text = far.payloads[0]!.toString();
  const stamp = Number(/"MQTT_Timestamp": (\d{13})\}$/.exec(text)?.[1]);
  assert.ok(stamp >= before && stamp <= Date.now());
  assert.equal(
    text,
    '{"Ambient Temperature": 23.0, "Ambient Humidity": 45.1, "Wall1 Temperature": 22.51, "Wall1 Humidity": 44.0, ' +
      `"Wall2 Temperature": -0.5, "Wall2 Humidity": 100.0, "MQTT_Timestamp": ${stamp}}`,
  );
  assert.equal(message['other'], 'kept');
  assert.deepEqual(message['payload'], payload);
});

test('a batch goes out as one message each, in order; what cannot go is rejected alone, with its reason', async (t) => {
  const { runtime, topic } = await start(t, { write: { stamp: false } });
  const far = await foreignSubscriber(t, mqttUrl(), topic);
  const [rejected, accepted] = [runtime.collect('rejected', 3), runtime.next('accepted')];
  const good = [{ a: 1 }, { a: 2 }, 'raw text', Buffer.from([1, 2, 255])];
  runtime.send('w', { payload: [good[0], { a: NaN }, good[1], 5, good[2], null, good[3]] });
  const bad = await rejected;
  assert.deepEqual(
    bad.map(({ error }) => error?.code),
    ['READING_NOT_A_NUMBER', 'READING_NOT_AN_OBJECT', 'READING_NOT_AN_OBJECT'],
  );
  assert.deepEqual(bad[1]!['payload'], 5);
  assert.deepEqual(bad[1]!.error, {
    ...bad[1]!.error,
    source: { id: 'w', type: 'mqtt-twin-write', name: 'to broker' },
  });
  assert.deepEqual((await accepted)['payload'], good);
  await far.reach(4);
  assert.deepEqual(far.payloads.map(String), ['{"a": 1.0}', '{"a": 2.0}', 'raw text', '\x01\x02\uFFFD']);
});

test('a message that cannot go reaches catch nodes where nothing is wired to the rejected output', async (t) => {
  const { runtime } = await start(t, { outputs: false });
  const [caught, completed] = [runtime.next('caught'), runtime.record('complete')];
  runtime.send('w', { payload: 5 });
  assert.match((await caught).error!.message, /only a reading .* can be published, got number/);
  assert.equal(completed.length, 0);
});

test('the topic comes from the reading; a reading without the key is rejected', async (t) => {
  const base = `node/${randomUUID()}`;
  const { runtime } = await start(t, { write: { topic: `${base}/{Source}/Values`, stamp: false } });
  const far = await foreignSubscriber(t, mqttUrl(), `${base}/north/Values`);
  const rejected = runtime.next('rejected');
  runtime.send('w', { payload: [{ a: 1 }, '{"Source": "north", "a":2}', { Source: 'north', a: 3 }] });
  assert.equal((await rejected).error?.code, 'READING_TEMPLATE_VALUE');
  await far.reach(2);
  assert.deepEqual(far.payloads.map(String), ['{"Source": "north", "a":2}', '{"Source": "north", "a": 3.0}']);
});

test('a message is done only when the broker has accepted it', async (t) => {
  const broker = await OwnMosquitto.start(t, OPEN_TO_ALL);
  const { runtime } = await start(t, { url: broker.url });
  await runtime.status('w', /status\.published/);
  broker.signal('SIGSTOP');
  const completed = runtime.record('complete');
  const done = runtime.next('complete');
  runtime.send('w', { payload: { a: 1 } });
  await new Promise((resolve) => setTimeout(resolve, 200));
  assert.equal(completed.length, 0);
  broker.signal('SIGCONT');
  await done;
});

test('retained readings and QoS 0 are as asked', async (t) => {
  const { runtime, topic } = await start(t, { write: { qos: '0', retain: true, stamp: false } });
  const accepted = runtime.next('accepted');
  runtime.send('w', { payload: { a: 1 } });
  await accepted;
  const far = await foreignSubscriber(t, mqttUrl(), topic);
  await far.reach(1);
  assert.equal(far.payloads[0]!.toString(), '{"a": 1.0}');
  const cleared = runtime.next('accepted');
  runtime.send('w', { payload: '' });
  await cleared;
});

test('a broker that is not there is waited for: the flow runs, nothing is lost, one line is logged', async (t) => {
  const port = await freePort();
  process.env['TEST_MQTT_HOST'] = '127.0.0.1';
  process.env['TEST_MQTT_PORT'] = String(port);
  const broker = { host: '${TEST_MQTT_HOST}', port: '${TEST_MQTT_PORT}' };
  const { runtime } = await start(t, { broker });
  const accepted = runtime.collect('accepted', 3);
  for (const a of [1, 2, 3]) runtime.send('w', { payload: { a } });
  await runtime.status('w', /MQTT_REFUSED|status\.waiting/);
  // Several attempts later there is still one line.
  await new Promise((resolve) => setTimeout(resolve, 1_500));
  assert.equal(complaints(runtime).length, 1);
  assert.match(complaints(runtime)[0]![1], /^the MQTT broker at 127\.0\.0\.1:\d+ refuses the connection/);
  await OwnMosquitto.start(t, OPEN_TO_ALL, port);
  assert.deepEqual(
    (await accepted).map((message) => message['payload']),
    [{ a: 1 }, { a: 2 }, { a: 3 }],
  );
  await runtime.status('w', /status\.published/);
});

test('a wrong password is a status and one error without it; the right one comes and it works', async (t) => {
  const broker = await OwnMosquitto.start(t, ['password_file DIR/users'], undefined, { users: '' });
  const credentials = { username: 'board', password: 'geheim-77' };
  const { runtime } = await start(t, { url: broker.url, credentials });
  await runtime.status('w', /MQTT_NOT_AUTHORIZED|status\.waiting/);
  const [[, text]] = complaints(runtime) as [[number, string]];
  assert.match(text, /refuses this user/);
  assert.equal(JSON.stringify(runtime.log()).includes('geheim-77'), false);
  const users = join(broker.folder, 'users');
  writeFileSync(users, '');
  execFileSync('mosquitto_passwd', ['-b', users, 'board', 'geheim-77'], { stdio: 'pipe' });
  broker.signal('SIGHUP');
  await runtime.status('w', /status\.published/);
});

for (const [name, setup, said] of [
  ['no broker', { write: { broker: '' } }, /option "broker" must be set/],
  ['a topic with a wildcard', { write: { topic: 'a/#' } }, /wildcard/],
  ['a topic with a loose brace', { write: { topic: 'a/{Source' } }, /brace/],
  ['an impossible host', { broker: { host: 'not a host' } }, /mqtt:\/\/host:port/],
  ['a TLS configuration that is gone', { broker: { tls: true, tlsConfig: 'nowhere' } }, /TLS configuration/],
] as const) {
  test(`${name} is one clear error and a status; what is sent is refused in the same words`, async (t) => {
    const { runtime } = await start(t, setup);
    const caught = runtime.next('caught');
    runtime.send('w', { payload: { a: 1 } });
    assert.match((await caught).error!.message, said);
    assert.ok(complaints(runtime).some(([, text]) => said.test(text)));
    assert.equal(
      complaints(runtime).some(([, text]) => /\n\s+at /.test(text)),
      false,
      'no stack trace',
    );
  });
}

test('nodes of one broker share one connection, which the last of them closes', async (t) => {
  const broker = await OwnMosquitto.start(t, [...OPEN_TO_ALL, 'sys_interval 1']);
  const watch = await foreignSubscriber(t, broker.url, '$SYS/broker/clients/connected');
  const seen = (count: string) => async () => {
    while (watch.payloads.at(-1)?.toString() !== count) await watch.reach(watch.payloads.length + 1);
  };
  const flow = [
    { id: 'tab', type: 'tab' },
    { id: 'b', type: 'mqtt-twin-broker', ...addressOf(broker.url) },
    { id: 'w1', type: 'mqtt-twin-write', z: 'tab', broker: 'b', topic: 'a' },
    { id: 'w2', type: 'mqtt-twin-write', z: 'tab', broker: 'b', topic: 'b' },
    { id: 'c', type: 'complete', z: 'tab', scope: ['w1', 'w2'], wires: [['done']] },
    { id: 'done', type: 'helper', z: 'tab' },
  ];
  const runtime = await Runtime.start(t, TYPES, placed(flow));
  const done = runtime.collect('done', 2);
  for (const id of ['w1', 'w2']) runtime.send(id, { payload: { a: 1 } });
  await done;
  await seen('2')();
  await runtime.unload();
  await seen('1')();
});

for (const [state, prepare] of [
  ['hangs', (broker: OwnMosquitto) => Promise.resolve(broker.signal('SIGSTOP'))],
  ['is gone', (broker: OwnMosquitto) => broker.kill()],
] as const) {
  test(`a deploy ends in time while the broker ${state}, and claims nothing that was not accepted`, async (t) => {
    const broker = await OwnMosquitto.start(t, OPEN_TO_ALL);
    const { runtime } = await start(t, { url: broker.url });
    await runtime.status('w', /status\.published/);
    const waiting = state === 'is gone' ? runtime.status('w', /MQTT_|status\.waiting/) : undefined;
    await prepare(broker);
    await waiting;
    const ended = ['accepted', 'rejected', 'caught', 'complete'].map((id) => runtime.record(id));
    for (let a = 0; a < 100; a++) runtime.send('w', { payload: { a } });
    const began = performance.now();
    await runtime.unload();
    const took = performance.now() - began;
    assert.ok(took < (state === 'hangs' ? 7_500 : 2_000), `${took} ms`);
    assert.deepEqual(
      ended.map(({ length }) => length),
      [0, 0, 0, 0],
    );
  });
}

test('what is under way is accepted before a deploy closes the connection', async (t) => {
  const { runtime, topic } = await start(t, { write: { stamp: false } });
  const far = await foreignSubscriber(t, mqttUrl(), topic);
  for (let a = 0; a < 500; a++) runtime.send('w', { payload: { a } });
  await runtime.unload();
  await far.reach(500);
});
