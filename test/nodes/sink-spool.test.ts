import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { test, type TestContext } from 'node:test';
import { KafkaAdmin } from '../../lib/kafka/kafka-admin';
import { consoleConsume } from '../support/kafka-console';
import { InfluxDatabase } from '../support/influx-database';
import { foreignSubscriber } from '../support/mosquitto-sub';
import { freePort } from '../support/own-mosquitto';
import { Runtime } from '../support/runtime';
import { influxUrl, kafkaBrokers, mqttUrl } from '../support/servers';
import { until } from '../support/until';

const COUNT = 300;
const WORDS = /common\.status\.spooled/;

/** A sink, its server's place once nobody and once somebody is there, and what a foreign client finds afterwards. */
interface Sinking {
  readonly types: readonly string[];
  readonly config: (there: boolean, port: number) => Record<string, unknown>;
  readonly node: Record<string, unknown>;
  /** The numbers that arrived, in the order of arrival, and which of them are marked as sent again. */
  readonly arrived: () => Promise<{ readonly numbers: number[]; readonly replayed: number }>;
}

const SINKS: Record<string, (t: TestContext) => Promise<Sinking>> = {
  'mqtt-twin-write': async (t) => {
    const topic = `spool/${randomUUID()}`;
    const far = await foreignSubscriber(t, mqttUrl(), topic);
    const { hostname, port: realPort } = new URL(mqttUrl());
    return {
      types: ['mqtt-twin-broker', 'mqtt-twin-write'],
      config: (there, port) => ({ type: 'mqtt-twin-broker', host: hostname, port: there ? realPort : String(port) }),
      node: { topic },
      arrived: async () => {
        await far.reach(COUNT);
        return found(far.payloads);
      },
    };
  },
  'kafka-twin-write': async (t) => {
    const topic = `spool-${randomUUID()}`;
    const admin = new KafkaAdmin({ brokers: kafkaBrokers() });
    await admin.createTopic({ topic, partitions: 1 });
    await admin.close();
    return {
      types: ['kafka-twin-cluster', 'kafka-twin-write'],
      config: (there, port) => ({
        type: 'kafka-twin-cluster',
        brokers: there ? kafkaBrokers().join(',') : `127.0.0.1:${port}`,
      }),
      node: { topic },
      arrived: async () => found(await consoleConsume(t, kafkaBrokers(), topic, COUNT)),
    };
  },
  'influx-twin-write': async (t) => {
    const database = await InfluxDatabase.create(t);
    const rows = () => database.query('SELECT "n" FROM "spool"');
    return {
      types: ['influx-twin-database', 'influx-twin-write'],
      config: (there, port) => ({
        ...{
          type: 'influx-twin-database',
          version: 'auto',
          database: database.name,
          org: database.connection.org ?? '',
        },
        url: there ? influxUrl() : `http://127.0.0.1:${port}`,
      }),
      node: { fields: 'all', measurement: 'spool' },
      arrived: async () => {
        await until(async () => (await rows()).length >= COUNT, 20_000, 'all points');
        return { numbers: (await rows()).map((row) => row['n'] as number), replayed: COUNT };
      },
    };
  },
};

function found(payloads: readonly Buffer[]): { numbers: number[]; replayed: number } {
  const readings = payloads.map((bytes) => JSON.parse(bytes.toString()) as { n: number; Replayed?: boolean });
  return {
    numbers: readings.map(({ n }) => n),
    replayed: readings.filter(({ Replayed }) => Replayed === true).length,
  };
}

for (const [type, sinkOf] of Object.entries(SINKS)) {
  test(`${type}: without its server messages go to the disk, survive a restart and arrive in order`, async (t) => {
    const { types, config, node, arrived } = await sinkOf(t);
    const port = await freePort();
    const role = type.startsWith('mqtt') ? 'broker' : type.startsWith('kafka') ? 'cluster' : 'database';
    const flow = (there: boolean) => [
      { id: 'f', type: 'tab' },
      { id: 'server', ...config(there, port) } as { id: string; type: string },
      {
        ...{
          id: 'w',
          type,
          z: 'f',
          x: 1,
          y: 1,
          [role]: 'server',
          acceptedOutput: true,
          wires: [['accepted']],
          ...node,
        },
      },
      { id: 'accepted', type: 'recorder', z: 'f', x: 1, y: 1 },
    ];
    const runtime = await Runtime.start(t, types, flow(false));
    for (let n = 0; n < COUNT; n++) runtime.send('w', { payload: { n, MQTT_Timestamp: 1_700_000_000_000 + n } });
    await runtime.status('w', WORDS);
    await until(() => runtime.recorded('accepted').length === COUNT, 20_000, 'all on disk');
    assert.ok(runtime.recorded('accepted').every((message) => message['spooled'] === true));
    await runtime.unload();

    await runtime.load(types, flow(true));
    const { numbers, replayed } = await arrived();
    assert.deepEqual(
      numbers,
      Array.from({ length: COUNT }, (_, n) => n),
    );
    assert.equal(replayed, COUNT);
    await runtime.status('w', /status\.(published|written)/);
    runtime.send('w', { payload: { n: COUNT, MQTT_Timestamp: 1_700_000_001_000 } });
    await until(() => runtime.recorded('accepted').length === 1, 20_000, 'the next one');
    assert.equal(runtime.recorded('accepted')[0]?.['spooled'], undefined, 'goes straight to the server');
  });
}
