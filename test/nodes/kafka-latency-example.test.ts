import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join, resolve } from 'node:path';
import { test } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { KafkaProducer } from '../../lib/kafka/kafka-producer';
import { freshTopic } from '../support/fresh-topic';
import { NodeRedProcess } from '../support/node-red-process';
import { kafkaBrokers } from '../support/servers';
import { until } from '../support/until';

const root = resolve(__dirname, '../..');
const TOPICS = ['RealTime_Data', 'Twin_Echo', 'Java_Direct_Topic'] as const;

test('the example of clocks and pairs: asks and answers over Kafka, and pairs readings with replies', async (t) => {
  let text = readFileSync(join(root, 'flows/kafka-latency-clocks.json'), 'utf8');
  const names: Record<string, string> = {};
  for (const topic of TOPICS) {
    names[topic] = await freshTopic(kafkaBrokers());
    text = text.replaceAll(topic, names[topic]);
  }
  const flows = (JSON.parse(text) as { type: string }[]).map((node) => ({
    ...node,
    ...(node.type === 'debug' && { console: true }),
    ...(node.type === 'kafka-latency' && { summarySeconds: 0.5, echoSeconds: 0.5 }),
  }));
  const red = await NodeRedProcess.start({ flows, environment: { KAFKA_BROKERS: kafkaBrokers().join(',') } });
  t.after(() => red.stop());
  const producer = new KafkaProducer({ connection: { brokers: kafkaBrokers() } });
  producer.start();
  t.after(() => producer.close());
  const sayings = (): string => red.log().replace(/\s+/g, ' ');
  let done = false;
  const publishing = (async () => {
    for (let Sequence = 0; !done; Sequence++) {
      const MQTT_Timestamp = Date.now();
      const reading = { Source: 'board', Sequence, MQTT_Timestamp, Bridge_Timestamp: MQTT_Timestamp };
      await producer.send({ topic: names['RealTime_Data']!, value: JSON.stringify(reading) });
      await producer.send({ topic: names['Java_Direct_Topic']!, value: JSON.stringify({ MQTT_Timestamp }) });
      await pause(100);
    }
  })();
  const wanted = [
    /machine: 'server', offsetMs: -?[\d.]+, errorMs: [\d.]+/,
    /label: 'Model Processing Time diff'/,
    /paired: [1-9]/,
  ];
  await until(() => wanted.every((text) => text.test(sayings())), 40_000, 'a clock and pairs').catch(
    (error: unknown) => {
      throw new Error(`on ${hostname()}: ${red.log().slice(-3_000)}`, { cause: error });
    },
  );
  done = true;
  await publishing;
  // Both "machines" are this one: whatever the network does, their clocks agree within the stated error.
  const [, offset, error] = [...sayings().matchAll(/machine: 'server', offsetMs: (-?[\d.e-]+), errorMs: ([\d.]+)/g)].at(
    -1,
  )!;
  assert.ok(Math.abs(Number(offset)) <= Number(error) + 1, `${offset} ± ${error}`);
  assert.deepEqual(red.problems(), []);
});
