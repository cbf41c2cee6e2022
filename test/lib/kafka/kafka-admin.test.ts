import assert from 'node:assert/strict';
import { describe, it, type TestContext } from 'node:test';
import { Kafka, logLevel } from 'kafkajs';
import { KafkaAdmin } from '../../../lib/kafka/kafka-admin';
import { KafkaProducer } from '../../../lib/kafka/kafka-producer';
import { freshName, freshTopic } from '../../support/fresh-topic';
import { kafkaBrokers } from '../../support/servers';
import { readAll } from './read-all';

function openAdmin(t: TestContext, brokers = kafkaBrokers()): KafkaAdmin {
  const admin = new KafkaAdmin({ brokers });
  t.after(() => admin.close());
  return admin;
}

describe('KafkaAdmin', () => {
  it('creates a topic with partitions and settings once, and says when it was there', async (t) => {
    const admin = openAdmin(t);
    const topic = freshName();
    const definition = { topic, partitions: 3, settings: { 'retention.ms': '60000' } };
    assert.equal(await admin.createTopic(definition), true);
    assert.equal(await admin.createTopic(definition), false);
    assert.equal((await admin.endOffsets(topic)).size, 3);
    assert.ok((await admin.listTopics()).includes(topic));
    await admin.deleteTopic(topic);
  });

  it('creates a topic with the defaults of the broker', async (t) => {
    const admin = openAdmin(t);
    const topic = freshName();
    assert.equal(await admin.createTopic({ topic }), true);
    assert.deepEqual(await admin.endOffsets(topic), new Map([[0, 0n]]));
  });

  it('tells the end of each partition', async (t) => {
    const topic = await freshTopic(kafkaBrokers(), 2);
    const producer = new KafkaProducer({ connection: { brokers: kafkaBrokers() } });
    t.after(() => producer.close(0));
    producer.start();
    await Promise.all([0, 0, 1].map((partition) => producer.send({ topic, value: 'v', partition })));
    const ends = await openAdmin(t).endOffsets(topic);
    assert.deepEqual([ends.get(0), ends.get(1)], [2n, 1n]);
  });

  it('waits for the leaders of a topic that was made this moment', async (t) => {
    const plain = new Kafka({ brokers: kafkaBrokers(), logLevel: logLevel.NOTHING }).admin();
    t.after(() => plain.disconnect());
    await plain.connect();
    const topic = freshName();
    // So many take the broker long enough to be asked too early.
    await plain.createTopics({ topics: [{ topic, numPartitions: 50 }], waitForLeaders: false });
    const patient = new KafkaAdmin({ brokers: kafkaBrokers() }, { retries: 30 });
    t.after(() => patient.close());
    assert.equal((await patient.endOffsets(topic)).size, 50);
    await plain.deleteTopics({ topics: [topic] });
  });

  it('describes the cluster', async (t) => {
    const { clusterId, brokers, controller } = await openAdmin(t).describeCluster();
    assert.match(clusterId, /^.{22}$/);
    assert.ok(controller !== null && brokers[controller]);
  });

  it('says clearly what is wrong', async (t) => {
    const admin = openAdmin(t);
    await assert.rejects(admin.createTopic({ topic: 'a b' }), { code: 'KAFKA_TOPIC_INVALID', retryable: false });
    await assert.rejects(admin.endOffsets(freshName()), { code: 'KAFKA_TOPIC_UNKNOWN', retryable: true });
    await assert.rejects(openAdmin(t, ['127.0.0.1:1']).listTopics(), {
      code: 'KAFKA_UNREACHABLE',
      message: 'nothing listens at 127.0.0.1:1: start the broker, or correct host and port',
    });
  });

  it('removes a group that is left, so that nothing is committed any more', async (t) => {
    const topic = await freshTopic(kafkaBrokers());
    const admin = openAdmin(t);
    const producer = new KafkaProducer({ connection: { brokers: kafkaBrokers() } });
    t.after(() => producer.close(0));
    producer.start();
    await producer.send({ topic, value: 'v' });
    const groupId = freshName('group');
    await readAll(t, topic, 1, kafkaBrokers(), { groupId, deleteGroupOnClose: false });
    assert.deepEqual(await admin.committedOffsets(groupId, topic), new Map([[0, 1n]]));
    await admin.deleteGroup(groupId);
    assert.deepEqual(await admin.committedOffsets(groupId, topic), new Map());
  });
});
