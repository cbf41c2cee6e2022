import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { endSession } from '../../lib/mqtt/end-session';
import { freshName } from '../support/fresh-topic';
import { foreignPublish } from '../support/mosquitto-pub';
import { foreignSubscriber } from '../support/mosquitto-sub';
import { type StartedReadFlow, numbersOf, startReadFlow } from '../support/mqtt-read-flow';
import { OPEN_TO_ALL, OwnMosquitto, freePort } from '../support/own-mosquitto';
import { mqttUrl } from '../support/servers';
import { until } from '../support/until';

const connected = ({ runtime, id }: StartedReadFlow) => runtime.status(id, /status\.received/);
/** What a test leaves at the shared broker ends with it. */
const forgetLater = (t: TestContext, { clientId }: StartedReadFlow) =>
  t.after(() => endSession({ url: mqttUrl(), clientId }));
const reading = (n: number) => `{"n": ${n}.0}`;

for (const protocolVersion of ['4', '5'] as const) {
  const version = `version ${protocolVersion}`;
  const broker = { protocolVersion };

  test(`a message comes as a reading, untouched, with what MQTT says of it (${version})`, async (t) => {
    const flow = await startReadFlow(t, { broker });
    forgetLater(t, flow);
    await connected(flow);
    const args = protocolVersion === '5' ? ['-V', '5', '-D', 'publish', 'user-property', 'origin', 'test'] : [];
    await foreignPublish(mqttUrl(), flow.topic, ['{"Ambient Temperature": 23.0, "x": "ü"}'], args);
    await until(() => flow.runtime.recorded('out').length === 1, 10_000, 'the message');
    const [message] = flow.runtime.recorded('out');
    const { payload, topic, qos, retain, duplicate, userProperties } = message!;
    assert.deepEqual(payload, { 'Ambient Temperature': 23, x: 'ü' });
    assert.deepEqual([topic, qos, retain, duplicate], [flow.topic, 1, false, false]);
    assert.deepEqual(userProperties, protocolVersion === '5' ? { origin: 'test' } : {});
  });

  test(`the broker has its PUBACK only when the flow has finished (${version})`, async (t) => {
    const flow = await startReadFlow(t, { broker, out: 'helper' });
    forgetLater(t, flow);
    const held = flow.runtime.holdAll('out');
    await connected(flow);
    await foreignPublish(mqttUrl(), flow.topic, [1, 2, 3, 4].map(reading));
    await until(() => held.length === 4, 10_000, 'four readings');
    // The third is done too, but the second before it is not.
    held[2]!.done();
    held[0]!.done();
    // A node that is stopped in the very turn of its done() might not have meant it.
    await new Promise((resolve) => setImmediate(resolve));
    await flow.runtime.unload();
    await flow.again({ out: 'recorder' });
    await foreignPublish(mqttUrl(), flow.topic, [reading(5)]);
    await until(() => numbersOf(flow.runtime).includes(5), 10_000, 'the fifth');
    assert.deepEqual(numbersOf(flow.runtime), [2, 3, 4, 5]);
    assert.deepEqual(
      flow.runtime.recorded('out').map(({ duplicate }) => duplicate),
      [true, true, true, false],
    );
  });

  test(`what came while the runtime was stopped comes when it runs again (${version})`, async (t) => {
    const flow = await startReadFlow(t, { broker });
    forgetLater(t, flow);
    await connected(flow);
    await flow.runtime.unload();
    await foreignPublish(mqttUrl(), flow.topic, [1, 2, 3].map(reading));
    await flow.again();
    await until(() => numbersOf(flow.runtime).length === 3, 10_000, 'three readings');
    assert.deepEqual(numbersOf(flow.runtime), [1, 2, 3]);
  });
}

test('several filters, wildcards among them; each message says its topic', async (t) => {
  const [base, other] = [freshName('many'), freshName('other')];
  const flow = await startReadFlow(t, { read: { topics: ` ${base}/+/Values , ${other}/#,` } });
  forgetLater(t, flow);
  await connected(flow);
  for (const topic of [`${base}/north/Values`, `${base}/north/deep/Values`, `${other}/a/b`, other])
    await foreignPublish(mqttUrl(), topic, [reading(1)]);
  const topics = () => flow.runtime.recorded('out').map(({ topic }) => topic as unknown);
  await until(() => topics().length === 3, 10_000, 'three messages');
  assert.deepEqual(topics(), [`${base}/north/Values`, `${other}/a/b`, other]);
});

for (const format of ['text', 'buffer'] as const) {
  test(`${format} comes as it is`, async (t) => {
    const flow = await startReadFlow(t, { read: { format } });
    forgetLater(t, flow);
    await connected(flow);
    await foreignPublish(mqttUrl(), flow.topic, ['no json', '{"a": NaN}', Buffer.from('é')]);
    await until(() => flow.runtime.recorded('out').length === 3, 10_000, 'three messages');
    const texts = ['no json', '{"a": NaN}', 'é'];
    assert.deepEqual(
      flow.runtime.recorded('out').map(({ payload }) => payload),
      format === 'text' ? texts : texts.map((text) => Buffer.from(text)),
    );
  });
}

test('what cannot be read costs exactly itself, says why, and does not come again', async (t) => {
  const flow = await startReadFlow(t);
  forgetLater(t, flow);
  await connected(flow);
  await foreignPublish(mqttUrl(), flow.topic, [
    reading(1),
    '{"n": NaN}',
    'no json',
    '[1]',
    Buffer.from([0xff]),
    reading(2),
  ]);
  const { runtime } = flow;
  await until(() => numbersOf(runtime).length === 2 && runtime.recorded('bad').length === 4, 10_000, 'all six');
  assert.deepEqual(numbersOf(runtime), [1, 2]);
  const bad = runtime.recorded('bad');
  assert.deepEqual(
    bad.map(({ error }) => error?.code),
    ['READING_NOT_A_NUMBER', 'READING_NOT_JSON', 'READING_NOT_AN_OBJECT', 'READING_NOT_UTF8'],
  );
  assert.deepEqual(bad[1]!.payload, Buffer.from('no json'));
  for (const { error } of bad) assert.ok(error?.message.startsWith(`message of "${flow.topic}": `), error?.message);
  assert.deepEqual(
    runtime.log().filter(([level, text]) => level <= 30 && text.includes('message of')),
    [],
    'told by the output, not by the log too',
  );
  await runtime.unload();
  await flow.again();
  await foreignPublish(mqttUrl(), flow.topic, [reading(3)]);
  await until(() => numbersOf(runtime).includes(3), 10_000, 'the third');
  assert.deepEqual([numbersOf(runtime), runtime.recorded('bad')], [[3], []]);
});

test('without a rejected output what cannot be read is told in the log', async (t) => {
  const flow = await startReadFlow(t, { read: { rejectedOutput: false, outputs: 1, wires: [['out']] } });
  forgetLater(t, flow);
  await connected(flow);
  await foreignPublish(mqttUrl(), flow.topic, ['no json', reading(1)]);
  await until(() => numbersOf(flow.runtime).length === 1, 10_000, 'the reading behind');
  const lines = flow.runtime.log().filter(([level, text]) => level <= 30 && text.includes('message of'));
  assert.equal(lines.length, 1, JSON.stringify(lines));
});

test('on delivery nothing waits for the flow', async (t) => {
  const flow = await startReadFlow(t, { out: 'helper', read: { acknowledge: 'delivery', window: 2 } });
  forgetLater(t, flow);
  const held = flow.runtime.holdAll('out');
  await connected(flow);
  await foreignPublish(mqttUrl(), flow.topic, [1, 2, 3, 4, 5].map(reading));
  await until(() => held.length === 5, 10_000, 'all, beyond the window');
  await flow.runtime.unload();
  await flow.again({ out: 'recorder' });
  await foreignPublish(mqttUrl(), flow.topic, [reading(6)]);
  await until(() => numbersOf(flow.runtime).length > 0, 10_000, 'the sixth');
  assert.deepEqual(numbersOf(flow.runtime), [6]);
});

for (const read of [{ qos: '0' }, { acknowledge: 'delivery', keepSession: false }]) {
  test(`a display keeps nothing at the broker, and several may run: ${JSON.stringify(read)}`, async (t) => {
    const flow = await startReadFlow(t, { read });
    await connected(flow);
    // Somebody with the id that a kept session would have throws nobody out.
    await endSession({ url: mqttUrl(), clientId: flow.clientId });
    await foreignPublish(mqttUrl(), flow.topic, [reading(1)]);
    await until(() => numbersOf(flow.runtime).length === 1, 10_000, 'the reading');
    await flow.runtime.unload();
    await foreignPublish(mqttUrl(), flow.topic, [reading(2)]);
    await flow.again();
    await connected(flow);
    await foreignPublish(mqttUrl(), flow.topic, [reading(3)]);
    await until(() => numbersOf(flow.runtime).length === 1, 10_000, 'the reading of now');
    assert.deepEqual(numbersOf(flow.runtime), [3]);
  });
}

test('a node that is removed takes its session with it; one that is only stopped does not', async (t) => {
  const broker = await OwnMosquitto.start(t, [...OPEN_TO_ALL, 'sys_interval 1']);
  const far = await foreignSubscriber(t, broker.url, '$SYS/broker/clients/total');
  // The broker repeats only what has changed.
  const clock = await foreignSubscriber(t, broker.url, '$SYS/broker/uptime');
  const flow = await startReadFlow(t, { url: broker.url });
  await connected(flow);
  const clients = () => Number(far.payloads.at(-1)?.toString());
  await until(() => clients() === 3, 10_000, 'all clients');
  await flow.runtime.node(flow.id).close(true);
  await until(() => clients() === 2, 10_000, 'the end of the session');
  await flow.runtime.unload();
  await flow.again();
  await until(() => clients() === 3, 10_000, 'all clients again');
  await flow.runtime.unload();
  await clock.reach(clock.payloads.length + 2);
  assert.equal(clients(), 3, 'the session is kept');
});

test('options come from the environment', async (t) => {
  const { hostname, port } = new URL(mqttUrl());
  const topics = freshName('env');
  const environment = { TWIN_READ_HOST: hostname, TWIN_READ_PORT: port, TWIN_READ_TOPICS: topics };
  Object.assign(process.env, environment);
  t.after(() => Object.keys(environment).forEach((name) => delete process.env[name]));
  const broker = { host: '${TWIN_READ_HOST}', port: '${TWIN_READ_PORT}' };
  const flow = await startReadFlow(t, { broker, read: { topics: '${TWIN_READ_TOPICS}', qos: '0' } });
  await connected(flow);
  await foreignPublish(mqttUrl(), topics, [reading(1)]);
  await until(() => numbersOf(flow.runtime).length === 1, 10_000, 'the reading');
});

test('a wrong password is told once, and in the status', async (t) => {
  const broker = await OwnMosquitto.start(t, ['password_file DIR/passwords'], undefined, {}, (folder) => {
    const file = join(folder, 'passwords');
    writeFileSync(file, 'twin:right\n');
    execFileSync('mosquitto_passwd', ['-U', file]);
    return [];
  });
  const flow = await startReadFlow(t, { url: broker.url, credentials: { username: 'twin', password: 'wrong' } });
  const { fill } = await flow.runtime.status(flow.id, /MQTT_NOT_AUTHORIZED|common.status.waiting/);
  assert.equal(fill, 'red');
  const lines = flow.runtime.log().filter(([level, text]) => level <= 30 && text.includes('refuses'));
  assert.equal(lines.length, 1, JSON.stringify(lines));
  assert.doesNotMatch(lines[0]![1], /wrong|\n\s+at /);
  await flow.runtime.unload();
});

test('an absent broker is told once, waited for, and closing does not wait for it', async (t) => {
  const port = await freePort();
  const flow = await startReadFlow(t, { url: `mqtt://127.0.0.1:${port}` });
  assert.equal((await flow.runtime.status(flow.id, /MQTT_REFUSED|common.status.waiting/)).fill, 'red');
  const lines = flow.runtime.log().filter(([level, text]) => level <= 30 && text.includes(`:${port}`));
  assert.equal(lines.length, 1, JSON.stringify(lines));
  const began = performance.now();
  await flow.runtime.unload();
  assert.ok(performance.now() - began < 5_000);
  await flow.again();
  const broker = await OwnMosquitto.start(t, OPEN_TO_ALL, port);
  await connected(flow);
  await foreignPublish(broker.url, flow.topic, [reading(1)]);
  await until(() => numbersOf(flow.runtime).length === 1, 10_000, 'the reading');
});

test('a filter that cannot be subscribed to is refused at once', async (t) => {
  const flow = await startReadFlow(t, { read: { topics: 'a/#/b' } });
  await flow.runtime.status(flow.id, /common.status.invalid/);
  assert.ok(flow.runtime.log().some(([level, text]) => level === 20 && text.includes('topic filter "a/#/b"')));
});
