import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Kafka, logLevel } from 'kafkajs';
import { KafkaStage } from '../../stack/count/kafka-stage';
import { PipelineCount } from '../../stack/count/pipeline-count';
import type { ServerName } from '../../stack/server-recipe';
import { Stack } from '../../stack/stack';
import { OwnKafka } from '../support/own-kafka';
import { mqttUrl } from '../support/servers';
import { until } from '../support/until';

const NEVER = new AbortController().signal;
const NO_SERVER = '127.0.0.1:1';

test('a count opens on a topic that was made this moment, whose partitions have no leader yet', async (t) => {
  const { brokers } = await OwnKafka.start(t);
  const admin = new Kafka({ brokers, logLevel: logLevel.NOTHING }).admin();
  await admin.connect();
  t.after(() => admin.disconnect());
  // So many take the broker long enough to be asked too early.
  const topics = [{ topic: 'RealTime_Data', numPartitions: 500 }];
  await admin.createTopics({ topics, waitForLeaders: false });
  const stage = await KafkaStage.open({
    env: { KAFKA_BROKERS: brokers.join() },
    onDelay: () => undefined,
    signal: NEVER,
  });
  await stage.close();
});

test('a count that one server refuses leaves no connection to the others', async () => {
  const stack = new Stack({ dataDir: '', dispose: () => undefined });
  const given = (name: ServerName, address: string) =>
    stack.start(name, () => Promise.resolve({ name, address, version: '', env: {}, stop: () => Promise.resolve() }));
  await given('mqtt', mqttUrl());
  await given('kafka', NO_SERVER);
  const sockets = () => process.getActiveResourcesInfo().filter((kind) => kind.startsWith('TCP')).length;
  const before = sockets();
  await assert.rejects(
    PipelineCount.open(stack, { MQTT_URL: mqttUrl(), KAFKA_BROKERS: NO_SERVER }, NEVER),
    /ECONNREFUSED/,
  );
  await until(() => sockets() === before, 5_000, 'the end of every connection');
});
