import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { existsSync, readdirSync } from 'node:fs';
import { test, type TestContext } from 'node:test';
import { Backoff } from '../../../lib/delivery/backoff';
import { MqttPublisher } from '../../../lib/mqtt/mqtt-publisher';
import { MqttSubscriber, type MqttMessage, type MqttSubscriberOptions } from '../../../lib/mqtt/mqtt-subscriber';
import type { MqttConnectionOptions } from '../../../lib/mqtt/mqtt-options';
import { reaches } from '../../support/mqtt-state';
import { NO_LIMITS, OPEN_TO_ALL, OwnMosquitto } from '../../support/own-mosquitto';
import { mqttUrl } from '../../support/servers';

type Received = MqttMessage & { settle: () => void };

const texts = (messages: readonly MqttMessage[]) => messages.map(({ payload }) => payload.toString());
const kept = (protocolVersion: 4 | 5) => ({ clean: false, clientId: `twin-test-${randomUUID()}`, protocolVersion });

async function subscriber(
  t: TestContext,
  connection: Partial<MqttConnectionOptions>,
  options: Partial<MqttSubscriberOptions> & Pick<MqttSubscriberOptions, 'topics'>,
) {
  const backoff = new Backoff({ minMs: 20, maxMs: 100 });
  const subject = new MqttSubscriber({ connection: { url: mqttUrl(), ...connection }, qos: 1, backoff, ...options });
  t.after(() => subject.close());
  const received: Received[] = [];
  subject.on('message', (message, settle) => received.push({ ...message, settle }));
  subject.start();
  await reaches(subject, 'connected');
  const reach = async (count: number) => {
    while (received.length < count) await once(subject, 'message');
  };
  return { subject, received, reach };
}

/** Publishes by a program that is not ours, one message a line, at QoS 1. */
function publish(url: string, topic: string, lines: readonly string[], args: readonly string[] = []): void {
  const { hostname, port } = new URL(url);
  const where = ['-h', hostname, '-p', port, '-t', topic, '-q', '1'];
  execFileSync('mosquitto_pub', [...where, ...args, '-l'], { input: lines.join('\n') + '\n' });
}

for (const protocolVersion of [4, 5] as const) {
  const version = `version ${protocolVersion}`;

  test(`what is not settled comes again in the next session, in order, marked (${version})`, async (t) => {
    const topic = `subscriber/${randomUUID()}`;
    const connection = kept(protocolVersion);
    const first = await subscriber(t, connection, { topics: [topic] });
    publish(mqttUrl(), topic, ['1', '2', '3', '4', '5']);
    await first.reach(5);
    assert.deepEqual(texts(first.received), ['1', '2', '3', '4', '5']);
    // 4 is settled too, but 3 before it is not.
    for (const index of [1, 3, 0]) first.received[index]!.settle();
    await first.subject.close();
    publish(mqttUrl(), topic, ['6']);
    const second = await subscriber(t, connection, { topics: [topic] });
    await second.reach(4);
    assert.deepEqual(texts(second.received), ['3', '4', '5', '6']);
    assert.deepEqual(
      second.received.map(({ duplicate }) => duplicate),
      [true, true, true, false],
    );
    second.received.forEach(({ settle }) => settle());
    await second.subject.close();
    const third = await subscriber(t, connection, { topics: [topic] });
    publish(mqttUrl(), topic, ['7']);
    await third.reach(1);
    assert.deepEqual(texts(third.received), ['7'], 'what was settled does not come again');
    third.received[0]!.settle();
    await third.subject.close();
    // A clean connection under the same name ends the session.
    await (await subscriber(t, { ...connection, clean: true }, { topics: [topic] })).subject.close();
  });

  test(`a lost connection repeats nothing that the receiver still holds (${version})`, async (t) => {
    const broker = await OwnMosquitto.start(t, [...OPEN_TO_ALL, ...NO_LIMITS]);
    const connection = { url: broker.url, ...kept(protocolVersion) };
    const { subject, received, reach } = await subscriber(t, connection, { topics: ['a'], window: 100 });
    publish(broker.url, 'a', ['1', '2', '3']);
    await reach(3);
    received[1]!.settle();
    await broker.stop();
    await reaches(subject, 'waiting');
    received[0]!.settle();
    await broker.restart();
    await reaches(subject, 'connected');
    publish(broker.url, 'a', ['4']);
    await reach(4);
    assert.deepEqual(texts(received), ['1', '2', '3', '4']);
    received[2]!.settle();
    received[3]!.settle();
    await subject.close();
    const next = await subscriber(t, connection, { topics: ['a'] });
    publish(broker.url, 'a', ['5']);
    await next.reach(1);
    assert.deepEqual(texts(next.received), ['5'], 'all before was acknowledged on the new connection');
  });

  test(`never holds more than the window; settling makes room (${version})`, async (t) => {
    const broker = await OwnMosquitto.start(t, [...OPEN_TO_ALL, ...NO_LIMITS]);
    const keepAliveS = 2;
    const connection = { url: broker.url, keepAliveS, ...kept(protocolVersion) };
    const { subject, received, reach } = await subscriber(t, connection, { topics: ['a'], window: 7 });
    let highest = 0;
    subject.on('message', () => (highest = Math.max(highest, subject.held)));
    const changes: string[] = [];
    subject.on('state', ({ state }) => changes.push(state));
    const lines = Array.from({ length: 400 }, (_, index) => `${index}`);
    publish(broker.url, 'a', lines);
    await reach(7);
    // Longer than the broker's patience with a silent client (1.5 times the keep alive) and than ours with it.
    await new Promise((resolve) => setTimeout(resolve, 5_000));
    assert.equal(received.length, 7);
    assert.deepEqual(changes, [], 'a full window does not cost the connection');
    subject.on('message', (_message, settle) => setImmediate(settle));
    received.forEach(({ settle }) => settle());
    await reach(400);
    assert.deepEqual(texts(received), lines);
    assert.ok(highest <= 7, `${highest} held`);
  });

  test(`a full window does not hide that the broker died (version ${protocolVersion})`, async (t) => {
    const broker = await OwnMosquitto.start(t, [...OPEN_TO_ALL, ...NO_LIMITS]);
    const connection = { url: broker.url, keepAliveS: 600, ...kept(protocolVersion) };
    const { subject, reach } = await subscriber(t, connection, { topics: ['a'], window: 5 });
    // More than all the buffers between the broker and us.
    const line = 'x'.repeat(50_000);
    publish(broker.url, 'a', Array<string>(400).fill(line));
    await reach(5);
    await broker.kill();
    const late = setTimeout(() => subject.emit('state', { state: 'stopped' }), 30_000);
    await Promise.race([reaches(subject, 'waiting'), reaches(subject, 'stopped')]);
    clearTimeout(late);
    assert.equal(subject.change.state, 'waiting', 'noticed long before the keep alive');
  });

  test(`subscribes again after a broker lost its memory (${version})`, async (t) => {
    const broker = await OwnMosquitto.start(t, [...OPEN_TO_ALL, 'persistence false']);
    const connection = { url: broker.url, ...kept(protocolVersion) };
    const { subject, received, reach } = await subscriber(t, connection, { topics: ['a/+', 'b'] });
    for (let outage = 1; outage <= 2; outage++) {
      await broker.kill();
      await reaches(subject, 'waiting');
      await broker.restart();
      await reaches(subject, 'connected');
      publish(broker.url, 'a/x', [`a${outage}`]);
      publish(broker.url, 'b', [`b${outage}`]);
      await reach(outage * 2);
    }
    assert.deepEqual(texts(received), ['a1', 'b1', 'a2', 'b2']);
  });
}

test('QoS 0 messages come through; settling them does nothing', async (t) => {
  const topic = `subscriber/${randomUUID()}`;
  const { received, reach, subject } = await subscriber(t, {}, { topics: [topic], qos: 0 });
  publish(mqttUrl(), topic, ['1', '2']);
  await reach(2);
  assert.deepEqual(
    received.map(({ qos }) => qos),
    [0, 0],
  );
  received[1]!.settle();
  assert.equal(subject.held, 0);
});

test('says topic, retain flag, time and MQTT 5 user properties', async (t) => {
  const topic = `subscriber/${randomUUID()}`;
  const publisher = new MqttPublisher({ url: mqttUrl(), protocolVersion: 5 });
  t.after(() => publisher.close());
  publisher.start();
  const userProperties = { origin: 'bridge-1', hop: ['1', '2'] };
  await publisher.publish(topic, 'x', { retain: true, userProperties });
  const began = Date.now();
  const { received, reach } = await subscriber(t, { protocolVersion: 5 }, { topics: [topic] });
  await reach(1);
  const { settle, receivedAtMs, payload, ...rest } = received[0]!;
  settle();
  assert.equal(payload.toString(), 'x');
  assert.ok(receivedAtMs >= began && receivedAtMs <= Date.now());
  assert.deepEqual(
    { ...rest, userProperties: { ...rest.userProperties } },
    {
      ...{ topic, qos: 1, retain: true, duplicate: false, userProperties },
    },
  );
  await publisher.publish(topic, '', { retain: true });
});

test('messages of a filter that a kept session remembers from the past are acknowledged and left out', async (t) => {
  const [old, now] = [`subscriber/${randomUUID()}`, `subscriber/${randomUUID()}`];
  const connection = kept(4);
  await (await subscriber(t, connection, { topics: [old] })).subject.close();
  const { received, reach, subject } = await subscriber(t, connection, { topics: [now] });
  publish(mqttUrl(), old, ['old']);
  publish(mqttUrl(), now, ['now']);
  await reach(1);
  assert.deepEqual(texts(received), ['now']);
  received[0]!.settle();
  await subject.close(1_000);
  assert.equal(subject.held, 0);
});

/** Everybody may subscribe to what is open, and to nothing else. */
const RIGHTS = JSON.stringify({
  defaultACLAccess: { publishClientSend: true, publishClientReceive: true, subscribe: false, unsubscribe: true },
  anonymousGroup: 'everybody',
  groups: [{ groupname: 'everybody', roles: [{ rolename: 'reader' }] }],
  roles: [{ rolename: 'reader', acls: [{ acltype: 'subscribePattern', topic: 'open/#', allow: true }] }],
});

/**
 * Mosquitto's own plugin for rights, which refuses a SUBSCRIBE; its simpler file of rights only leaves messages out.
 */
function rightsPlugin(): string[] {
  const name = 'mosquitto_dynamic_security.so';
  const folders = ['/usr/lib', ...readdirSync('/usr/lib').map((folder) => `/usr/lib/${folder}`)];
  const file = folders.map((folder) => `${folder}/${name}`).find((path) => existsSync(path));
  assert.ok(file, `${name} is part of the Mosquitto package`);
  return [`plugin ${file}`, 'plugin_opt_config_file DIR/rights'];
}

for (const protocolVersion of [4, 5] as const) {
  test(`a filter that the broker refuses is told and tried again (version ${protocolVersion})`, async (t) => {
    const broker = await OwnMosquitto.start(t, [...OPEN_TO_ALL, ...rightsPlugin()], undefined, { rights: RIGHTS });
    const subject = new MqttSubscriber({
      connection: { url: broker.url, protocolVersion },
      topics: ['open/a', 'closed/a'],
      qos: 1,
      backoff: new Backoff({ minMs: 20, maxMs: 50 }),
    });
    t.after(() => subject.close());
    subject.start();
    for (let time = 0; time < 2; time++) {
      const { error } = await reaches(subject, 'waiting');
      assert.equal(error?.code, 'MQTT_SUBSCRIBE_REFUSED');
      assert.match(error.message, /closed\/a/);
      await once(subject, 'state');
    }
  });
}

test('close waits for what is delivered to be settled, not longer than told', async (t) => {
  const topic = `subscriber/${randomUUID()}`;
  const connection = kept(4);
  const first = await subscriber(t, connection, { topics: [topic] });
  publish(mqttUrl(), topic, ['1', '2']);
  await first.reach(2);
  const closing = first.subject.close(60_000);
  setImmediate(() => first.received.forEach(({ settle }) => settle()));
  await closing;
  const second = await subscriber(t, connection, { topics: [topic] });
  publish(mqttUrl(), topic, ['3']);
  await second.reach(1);
  assert.deepEqual(texts(second.received), ['3'], 'both were acknowledged before the end');
  const began = performance.now();
  await second.subject.close(100);
  assert.ok(performance.now() - began < 1_500);
});

test('impossible options are refused at once', () => {
  const connection = { url: mqttUrl() };
  for (const [options, code] of [
    [{ topics: [] }, 'MQTT_TOPIC'],
    [{ topics: ['a/#/b'] }, 'MQTT_TOPIC'],
    [{ topics: ['a'], window: 0 }, 'MQTT_OPTIONS'],
    [{ topics: ['a'], window: 65_536 }, 'MQTT_OPTIONS'],
    [{ topics: ['a'], connection: { ...connection, clean: false } }, 'MQTT_OPTIONS'],
  ] as const) {
    assert.throws(() => new MqttSubscriber({ connection, qos: 1, ...options }), { code });
  }
});
