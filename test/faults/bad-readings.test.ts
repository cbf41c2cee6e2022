import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import { until } from '../support/until';
import { countArrivals, type SeenReading } from './harness/arrivals';
import { BAD_FRAMES, BAD_MESSAGES, BadReadings } from './harness/bad-readings';
import { readingsInInflux } from './harness/far-ends';
import { FaultCase } from './harness/fault-case';
import { type FlowNode, kafkaToInflux, mqttToKafka, serialToMqtt } from './harness/fault-flow';
import { form, LIMIT_MS } from './harness/fault-form';
import { report } from './harness/fault-row';
import { startServers } from './harness/fault-servers';
import { type Feed, Load } from './harness/load';
import { mosquittoFeed } from './harness/mosquitto-feed';
import { rejectionsHeard, rejectionsTo } from './harness/rejections';
import { serialFeed } from './harness/serial-feed';

/** In the short form they are more frequent, so that each kind is among them. */
const EVERY = form.isLong ? 1_000 : 150;

test('a bad reading costs itself alone and leaves by rejected, once', { timeout: LIMIT_MS }, async (t) => {
  const servers = await startServers(t);
  const { mosquitto } = servers;

  await t.test('messages in MQTT', async (t) => {
    const kase = await FaultCase.prepare(t, servers);
    const fault = `one message in ${EVERY} bad: type, NaN, JSON, 1 MB, unknown keys`;
    const feed = mosquittoFeed(t, mosquitto.port, kase.names.mqttTopic);
    await spoiltBy(t, kase, feed, new BadReadings(BAD_MESSAGES, EVERY), { fault, flow: 'MQTT > Kafka > InfluxDB' });
  });

  await t.test('frames on the serial line', async (t) => {
    const kase = await FaultCase.prepare(t, servers);
    const fault = `one frame in ${EVERY} bad: no JSON, cut, two in one`;
    const line = await serialFeed(t);
    const row = { fault, flow: 'serial > MQTT > Kafka > InfluxDB' };
    const nodes = serialToMqtt(line.port, kase.names, { rejectedOutput: true, wires: [['publish'], ['rejections']] });
    await spoiltBy(t, kase, line, new BadReadings(BAD_FRAMES, EVERY), row, nodes);
  });

  async function spoiltBy(
    t: TestContext,
    kase: FaultCase,
    feed: Feed,
    bad: BadReadings,
    row: { readonly fault: string; readonly flow: string },
    before: readonly FlowNode[] = [],
  ): Promise<void> {
    const { names, database } = kase;
    const topic = `${names.mqttTopic}-rejected`;
    const heard = await rejectionsHeard(t, mosquitto.url, topic);
    const rejects = { rejectedOutput: true };
    const nodes = [
      ...before,
      ...mqttToKafka(names, { ...rejects, wires: [['rejections']] }),
      ...kafkaToInflux(names, {
        read: { ...rejects, wires: [['write'], ['rejections']] },
        write: { ...rejects, wires: [['rejections']] },
      }),
      ...rejectionsTo(topic, mosquitto.port),
    ];
    const red = await kase.run(kase.flows(nodes), before.length > 0 ? ['board', 'publish', 'bridge'] : ['bridge']);
    const load = new Load(feed, bad.spoil);
    await kase.under(load, () => Promise.resolve());
    // When fewer come, the comparison says which.
    await until(() => heard().length >= bad.count, 10_000).catch(() => undefined);
    await red.stop();
    const rejections = heard();
    // What is refused further on has no point; a number that a bad one took is not among the good.
    const points: SeenReading[] = await readingsInInflux(database);
    report(t, { ...row, arrivals: countArrivals(load.sent, points), onceOnly: true, rejected: rejections.length });
    const { expected, heard: was } = bad.compare(rejections);
    assert.ok(expected.length > 0);
    assert.deepEqual(was, expected);
    for (const { reason } of rejections) assert.ok(reason.length > 10, `a reason that says nothing: "${reason}"`);
    assert.equal(load.spoilt.length, expected.length);
  }
});
