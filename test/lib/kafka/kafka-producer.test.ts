import assert from 'node:assert/strict';
import { describe, it, type TestContext } from 'node:test';
import { KafkaAdmin } from '../../../lib/kafka/kafka-admin';
import { KafkaProducer, type KafkaProducerOptions } from '../../../lib/kafka/kafka-producer';
import type { KafkaRecord } from '../../../lib/kafka/kafka-record';
import type { TwinError } from '../../../lib/reading/twin-error';
import { freshName, freshTopic } from '../../support/fresh-topic';
import { consoleConsume } from '../../support/kafka-console';
import { kafkaBrokers } from '../../support/servers';
import { readAll } from './read-all';

function producer(t: TestContext, options: Partial<KafkaProducerOptions> = {}): KafkaProducer {
  const started = new KafkaProducer({ connection: { brokers: kafkaBrokers() }, ...options });
  t.after(() => started.close(0));
  started.start();
  return started;
}

const at = ({ partition, offset }: { partition: number; offset: string }): string => `${partition}/${offset}`;

describe('KafkaProducer', () => {
  it('rejects what expired before it could be sent, alone, and keeps the order of the others', async (t) => {
    const topic = await freshTopic(kafkaBrokers());
    const kafka = new KafkaProducer({ connection: { brokers: kafkaBrokers() } });
    t.after(() => kafka.close(0));
    const expiresMs = Date.now() + 50;
    const sent = [0, 1, 2, 3, 4, 5, 6].map((n) =>
      kafka.send({ topic, value: `${n}`, ...([2, 5].includes(n) && { expiresMs }) }),
    );
    while (Date.now() <= expiresMs) await new Promise((turn) => setImmediate(turn));
    kafka.start();
    const outcomes = await Promise.allSettled(sent);
    assert.deepEqual(
      outcomes.map((outcome) => (outcome.status === 'rejected' ? (outcome.reason as TwinError).code : 'stored')),
      ['stored', 'stored', 'DELIVERY_EXPIRED', 'stored', 'stored', 'DELIVERY_EXPIRED', 'stored'],
    );
    const values = (await readAll(t, topic, 5)).map(({ value }) => String(value));
    assert.deepEqual(values, ['0', '1', '3', '4', '6']);
  });

  it('answers where each record was stored, and keeps the order of each key', async (t) => {
    const topic = await freshTopic(kafkaBrokers(), 4);
    const kafka = producer(t);
    const values = Array.from({ length: 5_000 }, (_, i) => `value ${i}`);
    const positions = await Promise.all(
      values.map((value, i) => kafka.send({ topic, key: i % 3 ? `key ${i % 11}` : null, value })),
    );
    const stored = new Map((await readAll(t, topic, values.length)).map((record) => [at(record), record]));
    assert.equal(stored.size, values.length);
    positions.forEach((position, i) => assert.equal(stored.get(at(position))?.value?.toString(), values[i]));

    const records = [...stored.values()];
    for (let k = 0; k < 11; k++) {
      const ofKey = records.filter(({ key }) => key?.toString() === `key ${k}`);
      assert.equal(new Set(ofKey.map(({ partition }) => partition)).size, 1, `key ${k} is in one partition`);
      const numbers = inOrder(ofKey).map(({ value }) => Number(value?.toString().slice(6)));
      assert.deepEqual(
        numbers,
        [...numbers].sort((x, y) => x - y),
        `order of key ${k}`,
      );
    }
  });

  it("writes what Kafka's own consumer reads: key, headers, timestamp, tombstone", async (t) => {
    const topic = await freshTopic(kafkaBrokers());
    const kafka = producer(t);
    await kafka.send({
      topic,
      key: 'board 1',
      value: '{"Ambient Temperature": 23.0}',
      headers: { origin: 'twin', list: ['a', Buffer.from('b')] },
      timestampMs: 1_700_000_000_123,
    });
    await kafka.send({ topic, key: Buffer.from('board 2'), value: null });
    const show = ['print.timestamp=true', 'print.key=true', 'print.headers=true', 'print.partition=true'];
    const lines = (await consoleConsume(t, kafkaBrokers(), topic, 2, show)).map(String);
    assert.equal(
      lines[0],
      'CreateTime:1700000000123\tPartition:0\torigin:twin,list:a,list:b\tboard 1\t{"Ambient Temperature": 23.0}',
    );
    assert.match(lines[1] ?? '', /NO_HEADERS\tboard 2\tnull$/);
  });

  it('rejects a record that the broker never takes alone, and stores its batch-mates once', async (t) => {
    const topic = await freshTopic(kafkaBrokers(), 2, { 'max.message.bytes': '20000' });
    const kafka = producer(t);
    const records = Array.from({ length: 60 }, (_, i) => ({
      topic,
      key: `key ${i % 5}`,
      value: i % 20 === 7 ? 'x'.repeat(30_000) : `value ${i}`,
      ...(i % 20 === 13 ? { timestampMs: Date.now() + 90_000_000_000 } : {}),
    }));
    const outcomes = await Promise.allSettled(records.map((record) => kafka.send(record)));
    const codes = outcomes.map((outcome) =>
      outcome.status === 'fulfilled' ? 'stored' : (outcome.reason as { code: string }).code,
    );
    assert.deepEqual(
      codes,
      records.map((_, i) =>
        i % 20 === 7 ? 'KAFKA_RECORD_TOO_LARGE' : i % 20 === 13 ? 'KAFKA_RECORD_INVALID' : 'stored',
      ),
    );
    const stored = await readAll(t, topic, 54);
    assert.equal(new Set(stored.map(({ value }) => String(value))).size, 54);
  });

  it('rejects a record without a key for a compacted topic, and says so', async (t) => {
    const topic = await freshTopic(kafkaBrokers(), 1, { 'cleanup.policy': 'compact' });
    const kafka = producer(t);
    const [bad, good] = await Promise.allSettled([
      kafka.send({ topic, value: 'v' }),
      kafka.send({ topic, key: 'k', value: 'v' }),
    ]);
    assert.equal(bad.status === 'rejected' && (bad.reason as { code: string }).code, 'KAFKA_RECORD_INVALID');
    assert.match(bad.status === 'rejected' ? String(bad.reason) : '', /wants a key/);
    assert.equal(good.status, 'fulfilled');
  });

  it('makes a missing topic when the broker may, without a complaint', async (t) => {
    const topic = freshName();
    const kafka = producer(t);
    const states: string[] = [];
    kafka.on('state', ({ state }) => states.push(state));
    const admin = new KafkaAdmin({ brokers: kafkaBrokers() });
    t.after(async () => {
      await admin.deleteTopic(topic);
      await admin.close();
    });
    assert.deepEqual(await kafka.send({ topic, value: 'first' }), { partition: 0, offset: '0' });
    assert.deepEqual(
      states.filter((state) => state === 'waiting'),
      [],
    );
  });

  it('spreads records without a key over the partitions', async (t) => {
    const topic = await freshTopic(kafkaBrokers(), 3);
    const kafka = producer(t);
    const partitions = new Set<number>();
    for (let i = 0; i < 9; i++) partitions.add((await kafka.send({ topic, value: `v${i}` })).partition);
    assert.equal(partitions.size, 3);
  });

  it('writes gzip that everybody reads', async (t) => {
    const topic = await freshTopic(kafkaBrokers());
    const kafka = producer(t, { compression: 'gzip' });
    const values = Array.from({ length: 500 }, (_, i) => `the same text, ${i}`);
    await Promise.all(values.map((value) => kafka.send({ topic, value })));
    assert.deepEqual((await consoleConsume(t, kafkaBrokers(), topic, 500)).map(String), values);
  });

  it('sends on close what is queued, then refuses more', async (t) => {
    const topic = await freshTopic(kafkaBrokers());
    const kafka = producer(t);
    const sent = Promise.all(Array.from({ length: 3_000 }, (_, i) => kafka.send({ topic, value: `v${i}` })));
    await kafka.close();
    assert.equal((await sent).length, 3_000);
    await assert.rejects(kafka.send({ topic, value: 'late' }), { code: 'DELIVERY_CLOSED', retryable: true });
  });

  it('closes in time while no broker is there, and rejects what it could not send as retryable', async () => {
    const kafka = new KafkaProducer({ connection: { brokers: ['127.0.0.1:1'] } });
    const waiting = new Promise((resolve) =>
      kafka.on('state', ({ state, error }) => state === 'waiting' && resolve(error)),
    );
    kafka.start();
    const sent = assert.rejects(kafka.send({ topic: 'any', value: 'v' }), { code: 'DELIVERY_CLOSED', retryable: true });
    assert.match(String(await waiting), /nothing listens at 127\.0\.0\.1:1/);
    const began = performance.now();
    await kafka.close(300);
    assert.ok(performance.now() - began < 2_000);
    await sent;
  });

  it('refuses options that can never work', () => {
    assert.throws(() => new KafkaProducer({ connection: { brokers: [' '] } }), { code: 'KAFKA_OPTIONS_INVALID' });
    assert.throws(() => new KafkaProducer({ connection: { brokers: ['http://host:1'] } }), {
      code: 'KAFKA_OPTIONS_INVALID',
    });
  });
});

const inOrder = (records: KafkaRecord[]): KafkaRecord[] => records.sort((a, b) => Number(a.offset) - Number(b.offset));
