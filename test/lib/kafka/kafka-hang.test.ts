import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { freshName, freshTopic } from '../../support/fresh-topic';
import { OwnKafka } from '../../support/own-kafka';
import { until } from '../../support/until';
import { GroupReader, startProducer } from './group-reader';

describe('A broker that hangs', () => {
  it('is noticed without any error, and read on from when it answers again', async (t) => {
    const broker = await OwnKafka.start(t);
    const { brokers } = broker;
    const topic = await freshTopic(brokers);
    const producer = startProducer(t, brokers);
    const reader = new GroupReader(t, {
      connection: { brokers },
      topics: [topic],
      groupId: freshName('group'),
      watchdogMs: 15_000,
    });
    await producer.send({ topic, value: 'before' });
    await reader.has(1);
    const told: string[] = [];
    reader.consumer.on('state', ({ error }) => error?.code === 'KAFKA_SILENT' && told.push(error.message));
    broker.signal('SIGSTOP');
    const during = producer.send({ topic, value: 'during' });
    await until(() => told.some((message) => /connecting anew/.test(message)), 25_000, 'a new connection');
    assert.match(told[0] ?? '', /no answer from 127\.0\.0\.1:\d+ for 1\d s: waiting/);
    broker.signal('SIGCONT');
    await during;
    await producer.send({ topic, value: 'after' });
    await reader.has(3);
    assert.deepEqual(reader.values, ['before', 'during', 'after']);
  });
});
