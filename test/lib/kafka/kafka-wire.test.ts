import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { KafkaConsumer } from '../../../lib/kafka/kafka-consumer';
import { KafkaProducer } from '../../../lib/kafka/kafka-producer';
import type { KafkaRecord } from '../../../lib/kafka/kafka-record';
import type { TwinError } from '../../../lib/reading/twin-error';
import { freshName, freshTopic } from '../../support/fresh-topic';
import { consoleProduce } from '../../support/kafka-console';
import { kafkaBrokers } from '../../support/servers';
import { produceUndecodable } from '../../support/undecodable-batch';
import { until } from '../../support/until';
import { readAll } from './read-all';

const text = ({ value }: KafkaRecord): string => String(value);

describe("Records of Kafka's own console producer", () => {
  it('are read with key, headers and bytes as they came', async (t) => {
    const topic = await freshTopic(kafkaBrokers());
    const lines = ['a:1\tkey one\t{"Ambient Temperature": 23.0, "ü": 1}', 'a:1,a:2\tkey two\tno JSON'];
    await consoleProduce(kafkaBrokers(), topic, lines, [
      '--property',
      'parse.key=true',
      '--property',
      'parse.headers=true',
    ]);
    const [first, second] = await readAll(t, topic, 2);
    assert.deepEqual(first?.value, Buffer.from('{"Ambient Temperature": 23.0, "ü": 1}'));
    assert.deepEqual(first.key, Buffer.from('key one'));
    assert.deepEqual(first.headers, { a: Buffer.from('1') });
    assert.ok(Math.abs(first.timestampMs - Date.now()) < 60_000);
    assert.deepEqual(second?.headers, { a: [Buffer.from('1'), Buffer.from('2')] });
  });

  it('go to the partitions that our producer chooses for the same keys', async (t) => {
    const partitions = 7;
    const theirs = await freshTopic(kafkaBrokers(), partitions);
    const ours = await freshTopic(kafkaBrokers(), partitions);
    const keys = Array.from({ length: 60 }, (_, i) => `${'key'.repeat(i % 6)}-${i}-ü`);
    await consoleProduce(
      kafkaBrokers(),
      theirs,
      keys.map((key) => `${key}\tv`),
      ['--property', 'parse.key=true'],
    );
    const producer = new KafkaProducer({ connection: { brokers: kafkaBrokers() } });
    t.after(() => producer.close(0));
    producer.start();
    const chosen = await Promise.all(keys.map((key) => producer.send({ topic: ours, key, value: 'v' })));
    const stored = new Map(
      (await readAll(t, theirs, keys.length)).map(({ key, partition }) => [String(key), partition]),
    );
    assert.deepEqual(
      chosen.map(({ partition }) => partition),
      keys.map((key) => stored.get(key)),
    );
  });

  it('are read whatever they are compressed with', async (t) => {
    const topic = await freshTopic(kafkaBrokers());
    const lines = ['gzip', 'snappy', 'lz4', 'zstd', 'none'].map((codec) =>
      // Long enough for several blocks of the framings.
      Array.from({ length: 2_000 }, (_, i) => `${codec} ${i} ${'22.5 '.repeat(i % 40)}`),
    );
    for (const some of lines) {
      const codec = some[0]?.split(' ')[0] ?? '';
      await consoleProduce(kafkaBrokers(), topic, some, ['--compression-codec', codec, '--batch-size', '200000']);
    }
    const records = await readAll(t, topic, 10_000);
    assert.deepEqual(records.map(text), lines.flat());
  });

  it('cost one clear error per batch when they cannot be decoded, and nothing else', async (t) => {
    const topic = await freshTopic(kafkaBrokers());
    const produce = (codec: string, ...lines: string[]) =>
      consoleProduce(kafkaBrokers(), topic, lines, ['--compression-codec', codec]);
    await produce('gzip', 'gzip 1', 'gzip 2');
    await produceUndecodable(kafkaBrokers(), topic, 3);
    await produce('none', 'plain');

    const groupId = freshName('group');
    const consumer = new KafkaConsumer({
      connection: { brokers: kafkaBrokers() },
      topics: [topic],
      groupId,
      from: 'earliest',
      deleteGroupOnClose: true,
    });
    t.after(() => consumer.close(0));
    const records: string[] = [];
    const errors: TwinError[] = [];
    const settles: (() => void)[] = [];
    consumer.on('delivery', ({ records: some, settle }) => {
      records.push(...some.map(text));
      settle();
    });
    consumer.on('unreadable', (error, settle) => {
      errors.push(error);
      settles.push(settle);
    });
    let lag: number | undefined;
    consumer.on('lag', (now) => (lag = now));
    consumer.start();
    await until(() => records.includes('plain'), 30_000, 'the record behind the unreadable batch');
    assert.deepEqual(records, ['gzip 1', 'gzip 2', 'plain']);
    const facts = { topic, partition: 0, firstOffset: '2', lastOffset: '4', records: 3, codec: 'lz4' };
    assert.deepEqual(
      errors.map((error) => ({ code: error.code, ...error.facts })),
      [{ code: 'KAFKA_BATCH_UNREADABLE', ...facts }],
    );
    assert.match(errors[0]?.message ?? '', /3 records skipped.*lz4.*bytes when decompressed.*offsets 2 to 4/);
    // Its last record counts as open until it is settled; with the one behind it that makes two.
    await until(() => lag === 2, 5_000, 'lag 2');
    settles[0]?.();
    await until(() => lag === 0, 5_000, 'lag 0');
  });
});
