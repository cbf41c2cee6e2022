import assert from 'node:assert/strict';
import { freshTopic } from '../test/support/fresh-topic';
import { statusProbe, untilGreen } from '../test/support/log-probes';
import type { PseudoTerminal } from '../test/support/pseudo-terminal';
import { kafkaBrokers } from '../test/support/servers';
import { until } from '../test/support/until';
import { frameOf, sendFrames, valuesOf } from './support/nucleo-board';
import { type Peers, peerTest } from './support/peer-test';
import { board, bridge, publish } from './support/reference-nodes';

const ON = Buffer.alloc(6);
const OFF = Buffer.from([1, 0, 0, 0, 0, 255]);
const FRAMES = 50;
const WARM = Array.from({ length: FRAMES }, (_, n) => valuesOf(n)).filter(
  (values) => values['Ambient Temperature']! >= 24,
).length;
const STALE_S = 2;

/** All bytes that the board at the far end has got. */
function bytesAt(terminal: PseudoTerminal): () => Buffer {
  const chunks = terminal.received();
  return () => Buffer.concat(chunks);
}

const heater = (peers: Peers, topic: string, terminal: PseudoTerminal, rule: string) =>
  peers.standIn('heater.py', peers.brokers, topic, `${topic}-heater`, terminal.port, rule);

/** Our end of the loop: records of a topic into the control, its commands to the board on a serial port. */
const control = (topic: string, port: string, options: object): object[] => [
  {
    ...{ id: 'read', type: 'kafka-twin-read', cluster: 'cluster', topics: topic, mode: 'group' },
    ...{ groupId: `${topic}-control`, from: 'earliest', wires: [['control']], ...options },
  },
  {
    ...{ id: 'control', type: 'twin-control', mode: 'cooling', wires: [['actuator']] },
    ...{ onAt: 24, offAt: 23, staleSeconds: 0, ...options },
  },
  { id: 'actuator', type: 'stm32-serial', transport: 'serial', portBy: 'path', path: port, wires: [] },
  ...statusProbe('actuator'),
];

peerTest(
  'kafka-python and pyserial as the heater control: six bytes for each of our readings from 24.0 on',
  async (peers) => {
    assert.ok(WARM > 0 && WARM < FRAMES);
    const [terminal, actuator] = [await peers.terminal(), await peers.terminal()];
    const got = bytesAt(actuator);
    const standIn = await heater(peers, peers.kafkaTopic, actuator, 'warm');
    const red = await peers.run([...board(terminal.port), ...publish(peers), ...bridge(peers)]);
    await untilGreen(red, ['board', 'publish', 'bridge']);
    await sendFrames(terminal.board, FRAMES);
    await standIn.heard('heard', FRAMES);
    await until(() => got().length >= WARM * ON.length, 10_000, 'the commands');
    assert.deepEqual(got(), Buffer.alloc(WARM * ON.length));
    assert.deepEqual(red.problems(), []);
  },
);

peerTest(
  'kafka-python and pyserial as the actuator: a record of twin-control on the heater topic says 1',
  async (peers) => {
    const topic = await freshTopic(kafkaBrokers());
    const [terminal, actuator] = [await peers.terminal(), await peers.terminal()];
    const got = bytesAt(actuator);
    const standIn = await heater(peers, topic, actuator, 'says-one');
    const red = await peers.run([
      ...board(terminal.port).map((node) => ('format' in node ? { ...node, wires: [['control'], []] } : node)),
      {
        ...{ id: 'control', type: 'twin-control', mode: 'cooling', onAt: 24, offAt: 23, staleSeconds: 0 },
        ...{ form: 'text', onText: '1', offText: '0', wires: [['write']] },
      },
      { id: 'write', type: 'kafka-twin-write', cluster: 'cluster', topic, wires: [] },
    ]);
    await untilGreen(red, ['board']);
    await sendFrames(terminal.board, 20);
    const heard = await standIn.heard('heard', 2);
    assert.deepEqual(
      heard.map(({ raw, heats }) => [raw, heats]),
      [
        ['0', false],
        ['1', true],
      ],
    );
    await until(() => got().length >= ON.length, 10_000, 'the command');
    assert.deepEqual(got(), ON);
    assert.deepEqual(red.problems(), []);
  },
);

peerTest('kafka-python says 1 on the heater topic: twin-control and stm32-serial send the six bytes', async (peers) => {
  const topic = await freshTopic(kafkaBrokers());
  const actuator = await peers.terminal();
  const got = bytesAt(actuator);
  const red = await peers.run(
    control(topic, actuator.port, { key: '', timeKey: '', onAt: 1, offAt: 0, format: 'text', stamp: false }),
  );
  await untilGreen(red, ['actuator']);
  const sender = await peers.standIn('sender.py', 'kafka', peers.brokers, topic);
  // Each is waited for: of states that follow each other faster than the board answers, only the last would be sent.
  for (const [i, says] of ['0', '1', '0'].entries()) {
    sender.send([says, says]);
    await until(() => got().length >= (i + 1) * ON.length, 20_000, `the command for ${says}`);
  }
  assert.deepEqual(got(), Buffer.concat([OFF, ON, OFF]));
  assert.deepEqual(red.problems(), []);
});

peerTest(
  'Python from the board to Kafka, ours behind: on from 24.0, and in the safe state when the publisher is killed',
  async (peers) => {
    const { mqttTopic, kafkaTopic } = peers;
    const [terminal, actuator] = [await peers.terminal(), await peers.terminal()];
    const got = bytesAt(actuator);
    const standInBridge = await peers.standIn('bridge.py', peers.mqtt, mqttTopic, peers.brokers, kafkaTopic);
    const publisher = await peers.standIn('publisher.py', terminal.port, peers.mqtt, mqttTopic);
    const red = await peers.run(control(kafkaTopic, actuator.port, { staleSeconds: STALE_S }));
    await untilGreen(red, ['actuator']);
    // Frame 0 has 20.0 °C, frame 16 has 24.0 °C.
    for (const [i, n] of [0, 16, 17].entries()) {
      terminal.board.write(frameOf(n));
      await publisher.heard('published', i + 1);
    }
    await standInBridge.heard('bridged', 3);
    await until(() => got().length >= 12, 10_000, 'off and on');
    assert.deepEqual(got(), Buffer.concat([OFF, ON]));
    const last = JSON.parse(String(publisher.all('published').at(-1)!['payload'])) as { MQTT_Timestamp: number };
    await publisher.kill();
    await until(() => got().length >= 18, (STALE_S + 10) * 1000, 'the safe state');
    assert.ok(Date.now() - last.MQTT_Timestamp >= STALE_S * 1000 - 50, 'not before the readings are stale');
    assert.deepEqual(got().subarray(12), OFF);
    assert.deepEqual([...publisher.all('disconnected'), ...standInBridge.all('disconnected')], []);
    assert.deepEqual(red.problems(), []);
  },
);
