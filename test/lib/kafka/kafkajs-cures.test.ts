import assert from 'node:assert/strict';
import { createHook } from 'node:async_hooks';
import { readFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { Kafka } from 'kafkajs';
import { KafkaConsumer } from '../../../lib/kafka/kafka-consumer';
import { KafkaProducer } from '../../../lib/kafka/kafka-producer';
import { applyKafkajsCures } from '../../../lib/kafka/kafkajs-cures';
import {
  apiKeys,
  assertFetched,
  Broker,
  Connection,
  ConnectionClosedError,
  ConsumerGroup,
  createErrorFromCode,
  createCluster,
  RequestQueue,
  type RequestQueueInstance,
  Runner,
  type RunnerInstance,
} from '../../../lib/kafka/kafkajs-internals';
import { rememberOrigin } from '../../../lib/kafka/outdated-batches';
import { freshName, freshTopic } from '../../support/fresh-topic';
import { kafkaBrokers } from '../../support/servers';
import { until } from '../../support/until';

describe('The parts of kafkajs that are cured at run time', () => {
  it('are those of the version that was read', () => {
    const { version } = JSON.parse(readFileSync(require.resolve('kafkajs/package.json'), 'utf8')) as {
      version: string;
    };
    assert.equal(
      version,
      '2.2.4',
      'read the sources of the new version, then this test and lib/kafka/kafkajs-cures.ts',
    );
  });

  it('have the shape that the cures rely on', () => {
    for (const name of ['scheduleCheckPendingRequests', 'checkPendingRequests', 'push'] as const) {
      assert.equal(typeof (RequestQueue.prototype as unknown as Record<string, unknown>)[name], 'function', name);
    }
    const queue = new (RequestQueue as unknown as new (options: object) => RequestQueueInstance)({});
    assert.ok(queue.inflight instanceof Map && queue.inflight.size === 0);
    queue.push({ entry: { correlationId: 1 }, expectResponse: true, sendRequest: () => undefined });
    const created: number[] = [];
    queue.inflight.forEach(({ createdAt }: { createdAt: number }) => created.push(createdAt));
    assert.ok(created.length === 1 && Number.isFinite(created[0]));
    assert.equal(Connection.prototype.send.length, 1);
    assert.equal(Connection.prototype.processData.length, 1);
    assert.equal(Connection.prototype.rejectRequests.length, 1);
    assert.equal(ConsumerGroup.prototype.connect.length, 0);
    assert.equal(ConsumerGroup.prototype.fetch.length, 1);
    assert.equal(Runner.prototype.handleBatch.length, 1);
    assert.equal(Runner.prototype.heartbeat.length, 0);
    assert.equal(new ConnectionClosedError('gone', { host: 'h', port: 1 }).name, 'KafkaJSConnectionClosedError');
    assert.equal(Broker.prototype.fetch.length, 1);
    assert.deepEqual(apiKeys, { ...apiKeys, Produce: 0, Fetch: 1 });
    for (const name of ['authenticate', 'isAuthenticated', 'nextCorrelationId', 'failIfNotConnected'] as const) {
      assert.equal(typeof Connection.prototype[name], 'function', name);
    }
    assert.equal(RequestQueue.prototype.maybeThrottle.length, 1);
    assert.equal(Runner.prototype.processEachBatch.length, 1);
    assert.equal((createErrorFromCode(6) as { type?: string }).type, 'NOT_LEADER_FOR_PARTITION');
    assert.equal(assertFetched.length, 1);
    const cluster = createCluster(new Kafka({ brokers: ['127.0.0.1:1'] }), { metadataMaxAge: 1_000 });
    assert.deepEqual([cluster.brokerPool.metadata, cluster.brokerPool.metadataExpireAt], [null, null]);
    assert.equal(cluster.isConnected(), false);
    for (const name of ['addMultipleTargetTopics', 'refreshMetadata'] as const) {
      assert.equal(typeof cluster[name], 'function', name);
    }
    for (const name of ['connect', 'disconnect', 'removeBroker', 'findTopicPartitionMetadata', 'findBroker'] as const) {
      assert.equal(typeof cluster[name], 'function', name);
    }
  });

  it('take an empty batch from before a new join for no new position', async () => {
    applyKafkajsCures();
    const positions = { resolvedOffsets: {} };
    const group = { offsetManager: positions };
    const batch = { topic: 't', partition: 0, fetchedOffset: '5', isEmpty: () => true };
    rememberOrigin(group, positions, [batch]);
    group.offsetManager = { resolvedOffsets: {} };
    const did: string[] = [];
    const runner = {
      heartbeat: () => Promise.resolve(void did.push('heartbeat')),
      handleBatch: Runner.prototype.handleBatch,
    } as unknown as RunnerInstance;
    await runner.handleBatch(batch);
    assert.deepEqual(did, ['heartbeat']);
  });

  it('are cured once, however often it is asked for', () => {
    applyKafkajsCures();
    const { send } = Connection.prototype;
    applyKafkajsCures();
    assert.equal(Connection.prototype.send, send);
  });
});

describe('An idle producer and consumer', () => {
  it('arm few timers, none of them with a negative delay', async (t) => {
    const topic = await freshTopic(kafkaBrokers());
    const connection = { brokers: kafkaBrokers() };
    const producer = new KafkaProducer({ connection });
    const consumer = new KafkaConsumer({
      connection,
      topics: [topic],
      groupId: freshName(),
      from: 'earliest',
      deleteGroupOnClose: true,
    });
    t.after(() => Promise.all([producer.close(0), consumer.close(0)]));
    const warnings: string[] = [];
    const warn = ({ name }: Error): void => void warnings.push(name);
    process.on('warning', warn);
    t.after(() => process.off('warning', warn));
    let got = 0;
    consumer.on('delivery', ({ settle }) => {
      got++;
      settle();
    });
    producer.start();
    consumer.start();
    await producer.send({ topic, value: 'v' });
    await until(() => got === 1, 15_000, 'the record');
    await pause(500);

    let timers = 0;
    const hook = createHook({ init: (_id, type) => void (type === 'Timeout' && timers++) }).enable();
    await pause(2_000);
    hook.disable();
    // Without the cure it is about 1,000 a second for each open connection.
    assert.ok(timers < 60, `${timers} timers in 2 s`);
    assert.deepEqual(warnings, []);
  });
});
