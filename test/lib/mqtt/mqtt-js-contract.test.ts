/**
 * What lib/mqtt relies on and mqtt.js does not document; run against the real broker so that an update shows a change.
 */
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { connect as connectTcp } from 'node:net';
import { test, type TestContext } from 'node:test';
import { MqttClient, type IClientOptions, type IPublishPacket } from 'mqtt';
import { mqttUrl } from '../../support/servers';

const HELD = new Error('held');
const { hostname, port } = new URL(mqttUrl());

function client(t: TestContext, options: IClientOptions): MqttClient {
  const made = new MqttClient(() => connectTcp(Number(port), hostname), { reconnectPeriod: 0, ...options });
  t.after(() => made.end(true));
  return made;
}

/** `once` of node:events does not take the typed emitter of mqtt.js. */
const event = (from: MqttClient, name: 'connect' | 'close' | 'message' | 'packetreceive') =>
  new Promise<void>((resolve) => from.once(name, () => resolve()));

const turn = () => new Promise<void>((resolve) => setImmediate(resolve));

const both = (clientId: string) =>
  [
    ['3.1.1', { protocolVersion: 4, clientId, clean: false }],
    ['5', { protocolVersion: 5, clientId, clean: false, properties: { sessionExpiryInterval: 60 } }],
  ] as const;

for (const [name, options] of both(`contract-${randomUUID()}`)) {
  test(`an error given to handleMessage withholds the PUBACK and goes on reading (MQTT ${name})`, async (t) => {
    const topic = `contract/${randomUUID()}`;
    const receiver = client(t, options);
    const errors: unknown[] = [];
    receiver.on('error', (error) => errors.push(error));
    const sent: string[] = [];
    receiver.on('packetsend', ({ cmd }) => sent.push(cmd));
    const received: IPublishPacket[] = [];
    const three = new Promise<void>((resolve) => {
      receiver.handleMessage = (packet, callback) => {
        if (received.push(packet) === 3) resolve();
        callback(HELD);
      };
    });
    await event(receiver, 'connect');
    await receiver.subscribeAsync(topic, { qos: 1 });
    const sender = client(t, {});
    for (const text of ['1', '2', '3']) await sender.publishAsync(topic, text, { qos: 1 });
    await three;
    const pong = new Promise<void>((resolve) => {
      receiver.on('packetreceive', ({ cmd }) => cmd === 'pingresp' && resolve());
    });
    receiver.sendPing();
    await pong;
    assert.equal(sent.includes('puback'), false);
    assert.deepEqual(errors, []);

    // Four bytes written beside mqtt.js acknowledge the first two.
    for (const { messageId } of received.slice(0, 2)) {
      receiver.stream.write(Buffer.from([0x40, 2, messageId! >> 8, messageId! & 255]));
    }
    await receiver.endAsync();

    const again: IPublishPacket[] = [];
    const back = client(t, options);
    let order: string[] = [];
    back.on('packetreceive', ({ cmd }) => (order = [...order, cmd]));
    back.handleMessage = (packet, callback) => {
      again.push(packet);
      order = [...order, 'handled'];
      callback();
    };
    const kept = new Promise<boolean>((resolve) => back.once('connect', (connack) => resolve(connack.sessionPresent)));
    assert.equal(await kept, true);
    // A message of our own behind it shows that no other repeat came.
    await sender.publishAsync(topic, 'end', { qos: 1 });
    while (again.at(-1)?.payload.toString() !== 'end') await event(back, 'packetreceive').then(turn);
    assert.deepEqual(
      again.map(({ payload, dup }) => [payload.toString(), dup]),
      [
        ['3', true],
        ['end', false],
      ],
    );
    assert.equal(again[0]!.messageId, received[2]!.messageId, 'the repeat carries the same identifier');
    assert.ok(order.indexOf('connack') < order.indexOf('handled'), 'CONNACK is seen before the messages behind it');
    await back.unsubscribeAsync(topic);
    await back.endAsync();
    const last = client(t, { ...options, clean: true });
    await event(last, 'connect');
    await last.endAsync();
  });
}

test('with a period of 0 a lost connection stays lost and says "close" once', async (t) => {
  const lost = client(t, {});
  let closes = 0;
  lost.on('close', () => closes++);
  await event(lost, 'connect');
  lost.stream.destroy();
  await event(lost, 'close');
  await turn();
  assert.deepEqual([closes, lost.connected, lost.reconnecting], [1, false, false]);
});

test('messages of one turn leave in their order and are all acknowledged', async (t) => {
  const topic = `contract/${randomUUID()}`;
  const receiver = client(t, {});
  const received: number[] = [];
  receiver.on('message', (_topic, payload) => received.push(Number(payload.toString())));
  await event(receiver, 'connect');
  await receiver.subscribeAsync(topic, { qos: 1 });
  const sender = client(t, {});
  await event(sender, 'connect');
  const numbers = Array.from({ length: 500 }, (_, index) => index);
  await Promise.all(numbers.map((number) => sender.publishAsync(topic, String(number), { qos: 1 })));
  while (received.length < 500) await event(receiver, 'message');
  assert.deepEqual(received, numbers);
});

test('a stream that the builder cannot make throws in the constructor', () => {
  const broken = () => {
    throw new Error('bad certificate');
  };
  assert.throws(() => new MqttClient(broken, { reconnectPeriod: 0 }), /bad certificate/);
});
