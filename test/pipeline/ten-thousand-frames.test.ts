import assert from 'node:assert/strict';
import { once } from 'node:events';
import type { Writable } from 'node:stream';
import { type TestContext, test } from 'node:test';
import { setTimeout as wait } from 'node:timers/promises';
import { BoardSimulator } from '../../lib/serial/board-simulator';
import { NUCLEO_KEYS } from '../../lib/serial/nucleo-frame';
import { consoleConsume, consoleProduce } from '../support/kafka-console';
import { rejectionProbe, statusProbe, untilGreen } from '../support/log-probes';
import { foreignPublish } from '../support/mosquitto-pub';
import { foreignSubscriber } from '../support/mosquitto-sub';
import { ownPipeline, type Pipeline } from '../support/pipeline-servers';
import { PseudoTerminal } from '../support/pseudo-terminal';
import { seededRandom } from '../support/seeded-random';
import { kafkaBrokers, mqttUrl } from '../support/servers';
import { until } from '../support/until';

const FRAMES = 10_000;
const SEED = 20_260_101;
/** The pace of the line; a board at 38,400 baud sends at most 174. */
const FRAMES_PER_S = 500;
const LONGEST_CHUNK = 100;
/** Comes behind all readings, so that whatever came twice is seen before it. */
const END = '{"End": true}';
const SOURCE = 'nucleo under test';

type Row = Record<string, unknown>;

const board = new BoardSimulator({ format: 'nucleo', framesPerS: 1, seed: SEED, startMs: 1_674_000_000_000 });

test(
  '10,000 Nucleo frames cut at random reach MQTT, Kafka and InfluxDB: every value, in order, none twice',
  { timeout: 240_000 },
  async (t) => {
    const pipeline = await ownPipeline(t);
    const { mqttTopic, kafkaTopic, database } = pipeline;
    const terminal = await PseudoTerminal.open();
    t.after(() => terminal.close());
    const subscriber = await foreignSubscriber(t, mqttUrl(), mqttTopic);
    const red = await pipeline.run(flowOf(pipeline, terminal.port));
    await untilGreen(red, ['board', 'publish', 'bridge']);

    await sendFrames(t, terminal.board);
    let stored: unknown;
    const allStored = async (): Promise<boolean> => {
      stored = (await database.query('SELECT count("Sequence") AS n FROM "Values"'))[0]?.['n'];
      return stored === FRAMES;
    };
    await until(allStored, 120_000, `${FRAMES} points in InfluxDB`).finally(() =>
      t.diagnostic(`${subscriber.payloads.length} messages in MQTT, ${String(stored)} points in InfluxDB`),
    );
    await red.stop();
    await foreignPublish(mqttUrl(), mqttTopic, [END]);
    await consoleProduce(kafkaBrokers(), kafkaTopic, [END]);

    await subscriber.reach(FRAMES + 1);
    const first = sameReadings('the MQTT client', readingsOf(subscriber.payloads));
    const records = await consoleConsume(t, kafkaBrokers(), kafkaTopic, FRAMES + 1);
    assert.equal(sameReadings("Kafka's console consumer", readingsOf(records)), first);
    const points = await database.query('SELECT * FROM "Values"');
    points.sort((a, b) => Number(a['Sequence']) - Number(b['Sequence']));
    assert.equal(sameReadings('InfluxDB', points), first);
    assert.deepEqual(red.problems(), []);
    assert.doesNotMatch(red.log(), /\[debug:rejected-/);
  },
);

/** The pipeline of the reference flow; what one of its nodes rejects is told in the log. */
const flowOf = ({ mqttTopic, kafkaTopic }: Pipeline, port: string): object[] => [
  {
    ...{ id: 'board', type: 'stm32-serial', transport: 'serial', portBy: 'path', path: port, format: 'nucleo' },
    ...{ source: SOURCE, numbered: true, rejectedOutput: true, wires: [['publish'], ['rejected-board']] },
  },
  { id: 'publish', type: 'mqtt-twin-write', broker: 'broker', topic: mqttTopic, qos: '1', stamp: true, wires: [] },
  {
    ...{ id: 'bridge', type: 'kafka-bridge', direction: 'to-kafka', broker: 'broker', cluster: 'cluster' },
    ...{ mqttFilters: mqttTopic, kafkaTopic, rejectedOutput: true, wires: [['rejected-bridge']] },
  },
  {
    ...{ id: 'read', type: 'kafka-twin-read', cluster: 'cluster', topics: kafkaTopic, mode: 'group' },
    ...{ groupId: kafkaTopic, from: 'earliest', commit: 'flow', deliver: 'batch' },
    ...{ rejectedOutput: true, wires: [['write'], ['rejected-read']] },
  },
  {
    ...{ id: 'write', type: 'influx-twin-write', database: 'database', fields: 'table' },
    mapping: [
      ...NUCLEO_KEYS.map((key) => ({ key, measurement: 'Values', field: key, type: 'float' })),
      { key: 'Sequence', measurement: 'Values', field: 'Sequence', type: 'integer' },
    ],
    ...{ rejectedOutput: true, wires: [['rejected-write']] },
  },
  ...['board', 'publish', 'bridge'].flatMap(statusProbe),
  ...['board', 'bridge', 'read', 'write'].map(rejectionProbe),
];

/** Writes all frames in chunks of random length, at the pace of the line and no faster than the port takes them. */
async function sendFrames(t: TestContext, line: Writable): Promise<void> {
  const bytes = Buffer.concat(Array.from({ length: FRAMES }, (_, n) => board.frame(n)!));
  const random = seededRandom(SEED);
  const bytesPerMs = (bytes.length / FRAMES) * (FRAMES_PER_S / 1000);
  const begin = performance.now();
  for (let at = 0; at < bytes.length;) {
    const to = Math.min(bytes.length, at + 1 + Math.floor(random() * LONGEST_CHUNK));
    if (!line.write(bytes.subarray(at, to))) await once(line, 'drain');
    at = to;
    const early = begin + at / bytesPerMs - performance.now();
    if (early >= 1) await wait(early);
  }
  t.diagnostic(`${FRAMES} frames were written in ${((performance.now() - begin) / 1000).toFixed(1)} s`);
}

/** What was received, without the message that ends it. */
function readingsOf(payloads: readonly Buffer[]): Row[] {
  assert.equal(payloads.at(-1)?.toString(), END);
  return payloads.slice(0, -1).map((payload) => JSON.parse(payload.toString()) as Row);
}

/** Fails unless row n holds frame n, for every frame and nothing else; gives the first row's `Sequence`. */
function sameReadings(where: string, rows: readonly Row[]): number {
  const first = Number(rows[0]?.['Sequence']);
  for (const [n, row] of rows.slice(0, FRAMES).entries()) {
    const expected = { ...board.values(n), Source: SOURCE, Sequence: first + n };
    const got = Object.fromEntries(Object.keys(expected).map((key) => [key, row[key]]));
    assert.deepEqual(got, expected, `row ${n} of ${where}`);
  }
  assert.equal(rows.length, FRAMES, `readings in ${where}`);
  return first;
}
