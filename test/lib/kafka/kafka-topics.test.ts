import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Kafka, logLevel } from 'kafkajs';
import { KafkaAdmin } from '../../../lib/kafka/kafka-admin';
import type { TwinError } from '../../../lib/reading/twin-error';
import { freshName, freshTopic } from '../../support/fresh-topic';
import { OwnKafka } from '../../support/own-kafka';
import { kafkaBrokers } from '../../support/servers';
import { until } from '../../support/until';
import { fill, GroupReader, startProducer } from './group-reader';

describe('A topic that does not exist, where the broker makes none', () => {
  it('is named, waited for by producer and consumer, and holds up no other topic', async (t) => {
    const broker = await OwnKafka.start(t, { lines: ['auto.create.topics.enable=false'] });
    const { brokers } = broker;
    const admin = new KafkaAdmin({ brokers });
    t.after(() => admin.close());
    const [missing, present] = [freshName('missing'), await freshTopic(brokers)];
    const producer = startProducer(t, brokers);
    const troubles: TwinError[] = [];
    producer.on('state', ({ error }) => error && troubles.push(error));
    const reader = new GroupReader(t, { connection: { brokers }, topics: [missing], groupId: freshName('group') });
    reader.consumer.on('state', ({ error }) => error && troubles.push(error));

    const waiting = producer.send({ topic: missing, value: 'v0' });
    await until(() => troubles.length >= 2, 15_000, 'both complain');
    for (const { code, message, retryable } of troubles) {
      assert.deepEqual({ code, retryable }, { code: 'KAFKA_TOPIC_UNKNOWN', retryable: true });
      assert.match(message, new RegExp(`topic "${missing}" does not exist.*create it, or correct the name`));
    }
    assert.deepEqual(await producer.send({ topic: present, value: 'v' }), { partition: 0, offset: '0' });

    await admin.createTopic({ topic: missing });
    assert.deepEqual(await waiting, { partition: 0, offset: '0' });
    await reader.has(1);

    // One that is deleted under the producer must not spoil the others.
    await admin.deleteTopic(missing);
    await until(async () => !(await admin.listTopics()).includes(missing), 15_000, 'the end of the topic');
    const gone = producer.send({ topic: missing, value: 'v1' });
    await until(() => troubles.length >= 3, 15_000, 'a complaint about the deleted topic');
    const others = Array.from({ length: 5 }, () =>
      freshTopic(brokers).then((topic) => producer.send({ topic, value: 'v' })),
    );
    assert.equal((await Promise.all(others)).length, 5);
    await admin.createTopic({ topic: missing });
    assert.deepEqual(await gone, { partition: 0, offset: '0' });
  });
});

describe('Many topics that do not exist', () => {
  it('hold up none that does, and are written to as soon as they are there', async (t) => {
    const broker = await OwnKafka.start(t, { lines: ['auto.create.topics.enable=false'] });
    const { brokers } = broker;
    const admin = new KafkaAdmin({ brokers });
    t.after(() => admin.close());
    const missing = Array.from({ length: 8 }, () => freshName('missing'));
    const present = await freshTopic(brokers);
    const producer = startProducer(t, brokers);
    const blamed = new Set<unknown>();
    producer.on('state', ({ error }) => error && blamed.add(error.facts['topic']));
    const waiting = missing.map((topic) => producer.send({ topic, value: 'v' }));
    await until(() => blamed.size > 1, 20_000, 'complaints');
    // Long enough for every order in which the questions for nine topics can meet.
    const end = performance.now() + 6_000;
    let sent = 0;
    for (; performance.now() < end; sent++) await producer.send({ topic: present, value: `v${sent}` });
    assert.ok(sent > 1_000, `${sent} records`);
    assert.ok(!blamed.has(present), 'nobody complains of the topic that is there');
    for (const topic of missing) await admin.createTopic({ topic });
    assert.deepEqual(
      await Promise.all(waiting),
      missing.map(() => ({ partition: 0, offset: '0' })),
    );
  });
});

describe('Records that the server has thrown away before they were read', () => {
  it('are reported, and reading goes on at the first that is there', async (t) => {
    const topic = await freshTopic(kafkaBrokers());
    const groupId = freshName('group');
    await fill(t, topic, 10);
    const first = new GroupReader(t, { topics: [topic], groupId }, () => undefined);
    first.consumer.on('delivery', ({ records: [record], settle }) => Number(record?.offset) < 2 && settle());
    await first.has(10);
    await first.consumer.close(0);
    const admin = new Kafka({ brokers: kafkaBrokers(), logLevel: logLevel.NOTHING }).admin();
    await admin.connect();
    await admin.fetchTopicOffsets(topic); // Loads what the next call needs to know.
    await admin.deleteTopicRecords({ topic, partitions: [{ partition: 0, offset: '6' }] });
    await admin.disconnect();

    const second = new GroupReader(t, { topics: [topic], groupId });
    const warnings: TwinError[] = [];
    second.consumer.on('warning', (error) => warnings.push(error));
    await second.has(4);
    assert.deepEqual(second.values, ['v6', 'v7', 'v8', 'v9']);
    assert.deepEqual(
      warnings.map(({ code, facts }) => ({ code, ...facts })),
      [{ code: 'KAFKA_OFFSET_OUT_OF_RANGE', topic, partition: 0 }],
    );
    await until(() => second.lag === 0, 5_000, 'lag 0');
  });
});
