import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import { Spool } from '../../lib/delivery/spool';
import { SinkSpool } from '../../nodes/common/sink/sink-spool';
import { freshName } from '../support/fresh-topic';
import { foreignSubscriber } from '../support/mosquitto-sub';
import { freePort } from '../support/own-mosquitto';
import { type Message, Runtime } from '../support/runtime';
import { mqttUrl } from '../support/servers';
import { until } from '../support/until';

const TYPES = ['mqtt-twin-broker', 'mqtt-twin-write', 'catch'];
const PUBLISHED = /status\.published/;

interface Setup {
  readonly there: boolean;
  readonly write?: Record<string, unknown>;
}

/** A flow with the sink `w` whose broker is there or not, and what has left it: `accepted`, `rejected`, `caught`. */
async function sink(t: TestContext) {
  const topic = freshName('sink');
  const port = await freePort();
  const { hostname, port: realPort } = new URL(mqttUrl());
  const flow = ({ there, write = {} }: Setup) => [
    { id: 'f', type: 'tab' },
    { id: 'b', type: 'mqtt-twin-broker', host: hostname, port: there ? realPort : String(port) },
    {
      ...{ id: 'w', type: 'mqtt-twin-write', z: 'f', x: 1, y: 1, broker: 'b', topic },
      ...{ acceptedOutput: true, rejectedOutput: true, wires: [['accepted'], ['rejected']], ...write },
    },
    { id: 'accepted', type: 'recorder', z: 'f', x: 1, y: 1 },
    { id: 'rejected', type: 'recorder', z: 'f', x: 1, y: 1 },
    { id: 'catch', type: 'catch', z: 'f', x: 1, y: 1, wires: [['caught']] },
    { id: 'caught', type: 'recorder', z: 'f', x: 1, y: 1 },
  ];
  const far = await foreignSubscriber(t, mqttUrl(), topic);
  const runtime = await Runtime.start(t, TYPES, flow({ there: false }));
  const numbers = () => far.payloads.map((bytes) => (JSON.parse(bytes.toString()) as { n: number }).n);
  return {
    ...{ runtime, far, numbers },
    send: (n: number, more: Partial<Message> = {}) => runtime.send('w', { payload: { n }, ...more }),
    again: async (setup: Setup) => {
      await runtime.unload();
      await runtime.load(TYPES, flow(setup));
    },
  };
}

const upTo = (count: number) => Array.from({ length: count }, (_, n) => n);

for (const [how, write] of [
  ['its spool switched off', { spool: false }],
  ['QoS 0', { qos: '0' }],
] as const) {
  test(`what waits on disk is sent, in order and before what comes after, by a node that now has ${how}`, async (t) => {
    const { runtime, send, again, far, numbers } = await sink(t);
    for (const n of upTo(50)) send(n);
    await until(() => runtime.recorded('accepted').length === 50, 20_000, 'all on disk');
    await again({ there: true, write });
    send(50);
    await far.reach(51);
    assert.deepEqual(numbers(), upTo(51));
    await runtime.status('w', PUBLISHED);
    send(51);
    await until(() => runtime.recorded('accepted').length === 2, 20_000, 'the next one');
    assert.equal(runtime.recorded('accepted')[1]?.['spooled'], undefined, 'straight to the broker');

    await again({ there: false, write });
    send(52);
    await runtime.status('w', /^(?!.*spooled)/);
    await new Promise<void>((turn) => setImmediate(turn));
    assert.equal(runtime.recorded('accepted').length, 0, 'not on disk any more');
  });
}

test('a message that expires while it waits on disk is rejected alone, and says when it was to be sent', async (t) => {
  const { runtime, send, again, far, numbers } = await sink(t);
  const expires = Date.now() + 1_500;
  send(0);
  send(1, { expires });
  send(2, { expires: Date.now() + 3_600_000 });
  send(3, { expires: Date.now() - 1 });
  await until(() => runtime.recorded('accepted').length === 3, 20_000, 'three on disk');
  assert.deepEqual(
    runtime.recorded('rejected').map(({ payload, error }) => [payload, error?.code]),
    [[{ n: 3 }, 'DELIVERY_EXPIRED']],
    'one that comes too late does not even get there',
  );
  await until(() => Date.now() > expires, 5_000, 'the expiry');
  await again({ there: true });
  await far.reach(2);
  await runtime.status('w', PUBLISHED);
  assert.deepEqual(numbers(), [0, 2]);
  const rejected = runtime.recorded('rejected');
  assert.equal(rejected.length, 1);
  assert.equal(rejected[0]?.error?.code, 'DELIVERY_EXPIRED');
  assert.equal(rejected[0]?.['expires'], expires);
  assert.match(String(rejected[0]?.payload), /"n": ?1/);
});

test('bytes on disk that this node does not know are rejected, once, and hold up nothing', async (t) => {
  const { runtime, send, again, far, numbers } = await sink(t);
  send(0);
  await until(() => runtime.recorded('accepted').length === 1, 20_000, 'one on disk');
  await runtime.unload();
  const spool = await Spool.open({ folder: SinkSpool.folderOf(runtime.userDir, 'w') });
  await spool.append(Buffer.from('not ours'));
  await spool.close();
  await again({ there: true, write: { rejectedOutput: false, wires: [['accepted']] } });
  send(1);
  await far.reach(2);
  await until(() => runtime.recorded('caught').length > 0, 20_000, 'the error');
  await runtime.status('w', PUBLISHED);
  assert.deepEqual(numbers(), [0, 1]);
  assert.equal(runtime.recorded('caught').length, 1);
  assert.equal(String(runtime.recorded('caught')[0]?.payload), 'not ours');
});

test('messages that come in one tick before the spool is open all get there, in order', async (t) => {
  const { runtime, send, again, far, numbers } = await sink(t);
  await again({ there: true });
  for (const n of upTo(20_000)) send(n);
  await far.reach(20_000);
  assert.deepEqual(numbers(), upTo(20_000));
  await until(() => runtime.recorded('accepted').length === 20_000, 20_000, 'each is done');
});

test('20,000 messages in one tick while the broker is away, and a deploy at once: all are on disk', async (t) => {
  const { send, again, far, numbers } = await sink(t);
  for (const n of upTo(20_000)) send(n);
  await again({ there: true });
  await far.reach(20_000);
  assert.deepEqual([...new Set(numbers())], upTo(20_000));
});
