import type { TestContext } from 'node:test';
import { freshName, freshTopic } from './fresh-topic';
import { InfluxDatabase } from './influx-database';
import { NodeRedProcess } from './node-red-process';
import { kafkaBrokers, mqttUrl } from './servers';

export interface Pipeline {
  readonly mqttTopic: string;
  readonly kafkaTopic: string;
  readonly database: InfluxDatabase;
  /** Starts a Node-RED process with these nodes and the three config nodes `broker`, `cluster` and `database`. */
  readonly run: (nodes: readonly object[]) => Promise<NodeRedProcess>;
}

/** Topics and a database that no other test has, on the real servers, and the config nodes that lead there. */
export async function ownPipeline(t: TestContext): Promise<Pipeline> {
  const { hostname: host, port } = new URL(mqttUrl());
  const database = await InfluxDatabase.create(t);
  const { url, org = '', token } = database.connection;
  const configs = [
    { id: 'flow', type: 'tab', label: 'pipeline' },
    // Flows of other tests on this broker have the same node ids, of which the client identifiers are made otherwise.
    { id: 'broker', type: 'mqtt-twin-broker', host, port, clientId: freshName('pipeline') },
    { id: 'cluster', type: 'kafka-twin-cluster', brokers: kafkaBrokers().join(',') },
    { id: 'database', type: 'influx-twin-database', url, database: database.name, org },
  ];
  return {
    mqttTopic: `pipeline/${freshName()}`,
    kafkaTopic: await freshTopic(kafkaBrokers()),
    database,
    run: async (nodes) => {
      const red = await NodeRedProcess.start({
        flows: [...configs, ...nodes.map((node) => ({ z: 'flow', x: 100, y: 100, ...node }))],
        ...(token ? { credentials: { database: { token } } } : {}),
      });
      t.after(() => red.stop());
      return red;
    },
  };
}
