import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { Socket } from 'node:net';
import { test, type TestContext } from 'node:test';
import { MqttPublisher, type MqttPublisherOptions } from '../../../lib/mqtt/mqtt-publisher';
import { Backoff } from '../../../lib/delivery/backoff';
import type { TwinError } from '../../../lib/reading/twin-error';
import { foreignSubscriber } from '../../support/mosquitto-sub';
import { reaches } from '../../support/mqtt-state';
import { freePort, OPEN_TO_ALL, OwnMosquitto } from '../../support/own-mosquitto';
import { mqttUrl } from '../../support/servers';

const quick = () => new Backoff({ minMs: 20, maxMs: 100 });
const topicOf = () => `publisher/${randomUUID()}`;

function publisher(t: TestContext, options: Partial<MqttPublisherOptions> = {}): MqttPublisher {
  const made = new MqttPublisher({ url: mqttUrl(), backoff: quick(), ...options });
  t.after(() => made.close(0));
  made.start();
  return made;
}

for (const protocolVersion of [4, 5] as const) {
  test(`every byte of a payload arrives at another client, in order (version ${protocolVersion})`, async (t) => {
    const topic = topicOf();
    const far = await foreignSubscriber(t, mqttUrl(), topic);
    const subject = publisher(t, { protocolVersion });
    const payloads = [
      Buffer.from('{"Ambient Temperature": 23.0, "MQTT_Timestamp": 1674000000000}'),
      Buffer.from([0, 255, 10, 13, 0]),
      Buffer.from('Füße 21.5 °C'),
      Buffer.alloc(300_000, 'x'),
      ...Array.from({ length: 2_000 }, (_, index) => Buffer.from(`n${index}`)),
    ];
    await Promise.all(payloads.map((payload) => subject.publish(topic, payload)));
    await far.reach(payloads.length);
    assert.deepEqual(far.payloads, payloads);
  });
}

test('QoS 0 arrives too, and a retained message waits for whoever comes', async (t) => {
  const topic = topicOf();
  const subject = publisher(t);
  await subject.publish(topic, 'kept', { qos: 0, retain: true });
  const far = await foreignSubscriber(t, mqttUrl(), topic);
  await far.reach(1);
  assert.equal(far.payloads[0]!.toString(), 'kept');
  await subject.publish(topic, '', { qos: 1, retain: true });
});

test('what is published before the broker runs waits for it', async (t) => {
  const port = await freePort();
  const subject = publisher(t, { url: `mqtt://127.0.0.1:${port}` });
  const { error } = await reaches(subject, 'waiting');
  assert.equal(error?.code, 'MQTT_REFUSED');
  const broker = OwnMosquitto.start(t, OPEN_TO_ALL, port);
  await subject.publish('a', 'b');
  await broker;
  assert.equal(subject.change.state, 'connected');
});

test('beyond the queue a publish is refused for now, and room made is room used', async (t) => {
  const port = await freePort();
  const subject = publisher(t, { url: `mqtt://127.0.0.1:${port}`, maxQueued: 3, maxQueuedBytes: 1_000 });
  const waiting = [1, 2, 3].map((number) => subject.publish('a', `${number}`));
  await assert.rejects(subject.publish('a', '4'), { code: 'MQTT_QUEUE_FULL', retryable: true });
  assert.deepEqual([subject.queued, subject.inFlight], [3, 0]);
  await OwnMosquitto.start(t, OPEN_TO_ALL, port);
  await Promise.all(waiting);
  await subject.publish('a', 'x'.repeat(2_000));
  const large = subject.publish('a', 'x'.repeat(900));
  await assert.rejects(subject.publish('a', 'x'.repeat(101)), { code: 'MQTT_QUEUE_FULL' });
  await large;
});

test('what can never be published is refused alone', async (t) => {
  const topic = topicOf();
  const subject = publisher(t, { maxMessageBytes: 100 });
  const far = await foreignSubscriber(t, mqttUrl(), topic);
  const results = await Promise.allSettled([
    subject.publish(topic, 'good 1'),
    subject.publish('a/#', 'x'),
    subject.publish('', 'x'),
    subject.publish(topic, 5 as unknown as string),
    subject.publish(topic, 'x'.repeat(101)),
    subject.publish(topic, 'x', { userProperties: { a: 'b' } }),
    subject.publish(topic, 'good 2'),
  ]);
  assert.deepEqual(
    results.map((result) => (result.status === 'fulfilled' ? 'ok' : (result.reason as { code: string }).code)),
    ['ok', 'MQTT_TOPIC', 'MQTT_TOPIC', 'MQTT_PAYLOAD', 'MQTT_TOO_LARGE', 'MQTT_USER_PROPERTIES', 'ok'],
  );
  await far.reach(2);
  assert.deepEqual(far.payloads.map(String), ['good 1', 'good 2']);
});

test('a broker that refuses one topic (MQTT 5) costs that message only', async (t) => {
  const broker = await OwnMosquitto.start(t, [...OPEN_TO_ALL, 'acl_file DIR/acl'], undefined, {
    acl: 'topic readwrite open/#\n',
  });
  const subject = publisher(t, { url: broker.url, protocolVersion: 5 });
  const results = await Promise.allSettled(['open/a', 'closed', 'open/b'].map((topic) => subject.publish(topic, 'x')));
  assert.deepEqual(
    results.map(({ status }) => status),
    ['fulfilled', 'rejected', 'fulfilled'],
  );
  const refused = (results[1] as PromiseRejectedResult).reason as TwinError;
  assert.equal(refused.code, 'MQTT_PUBLISH_REFUSED');
  assert.match(refused.message, /"closed".*may not publish there/);
});

for (const [protocolVersion, code] of [
  [4, 'MQTT_PUBLISH_REFUSED'],
  [5, 'MQTT_TOO_LARGE'],
] as const) {
  test(`a message larger than the broker allows costs itself only (version ${protocolVersion})`, async (t) => {
    const broker = await OwnMosquitto.start(t, [...OPEN_TO_ALL, 'max_packet_size 2000']);
    const far = await foreignSubscriber(t, broker.url, 'a');
    const subject = publisher(t, { url: broker.url, protocolVersion });
    const small = Array.from({ length: 50 }, (_, index) => `n${index}`);
    const published = [
      ...small.slice(0, 25).map((text) => subject.publish('a', text)),
      assert.rejects(subject.publish('a', 'x'.repeat(2_001)), { code, retryable: false }),
      ...small.slice(25).map((text) => subject.publish('a', text)),
    ];
    await Promise.all(published);
    await far.reachDistinct(50);
    assert.deepEqual([...new Set(far.payloads.map(String))].sort(), small.sort());
  });
}

test('respects a broker that takes few messages at a time (MQTT 5)', async (t) => {
  const broker = await OwnMosquitto.start(t, [...OPEN_TO_ALL, 'max_inflight_messages 3']);
  const subject = publisher(t, { url: broker.url, protocolVersion: 5 });
  const changes: string[] = [];
  subject.on('state', ({ state }) => changes.push(state));
  await Promise.all(Array.from({ length: 1_000 }, (_, index) => subject.publish('a', `${index}`)));
  assert.deepEqual(changes, ['connected'], 'it was never thrown out');
});

test('every socket sends without delay, after a reconnect too', async (t) => {
  const set = t.mock.method(Socket.prototype, 'setNoDelay');
  const broker = await OwnMosquitto.start(t, OPEN_TO_ALL);
  const calls = () => set.mock.calls.filter(({ arguments: [on] }) => on === true).length;
  const subject = publisher(t, { url: broker.url });
  await reaches(subject, 'connected');
  assert.equal(calls(), 1);
  await broker.stop();
  await reaches(subject, 'waiting');
  const before = calls();
  await broker.restart();
  await reaches(subject, 'connected');
  assert.ok(calls() > before);
});

test('close sends what is there first, then refuses', async (t) => {
  const topic = topicOf();
  const far = await foreignSubscriber(t, mqttUrl(), topic);
  const subject = publisher(t);
  const published = Promise.all(Array.from({ length: 500 }, (_, index) => subject.publish(topic, `${index}`)));
  await Promise.all([subject.close(), subject.close(), published]);
  await far.reach(500);
  await assert.rejects(subject.publish(topic, 'late'), { code: 'MQTT_CLOSED', retryable: true });
  assert.equal(subject.change.state, 'stopped');
});

test('close does not wait for a broker that is away, and rejects what is left as retryable', async (t) => {
  const subject = publisher(t, { url: `mqtt://127.0.0.1:${await freePort()}` });
  await reaches(subject, 'waiting');
  const left = assert.rejects(subject.publish('a', 'b'), { code: 'MQTT_CLOSED', retryable: true });
  const began = performance.now();
  await subject.close(60_000);
  await left;
  assert.ok(performance.now() - began < 1_000);
});

test('close is bounded when the broker hangs', async (t) => {
  const broker = await OwnMosquitto.start(t, OPEN_TO_ALL);
  const subject = publisher(t, { url: broker.url });
  await reaches(subject, 'connected');
  broker.signal('SIGSTOP');
  const left = assert.rejects(subject.publish('a', 'b'), { code: 'MQTT_CLOSED' });
  const began = performance.now();
  await subject.close(200);
  await left;
  const took = performance.now() - began;
  assert.ok(took >= 190 && took < 2_500, `${took} ms`);
});

test('what expires while the broker is away is rejected when it would be sent; the others go', async (t) => {
  const topic = topicOf();
  const far = await foreignSubscriber(t, mqttUrl(), topic);
  const subject = new MqttPublisher({ url: mqttUrl() });
  t.after(() => subject.close(0));
  const expiresMs = Date.now() + 50;
  const late = assert.rejects(subject.publish(topic, 'late', { expiresMs }), {
    code: 'DELIVERY_EXPIRED',
    retryable: false,
  });
  const others = [
    subject.publish(topic, 'in time', { expiresMs: Date.now() + 3_600_000 }),
    subject.publish(topic, 'always'),
  ];
  while (Date.now() <= expiresMs) await new Promise((turn) => setImmediate(turn));
  subject.start();
  await Promise.all([late, ...others]);
  await far.reach(2);
  assert.deepEqual(far.payloads.map(String), ['in time', 'always']);
  assert.equal(subject.inFlight + subject.queued, 0);
});
