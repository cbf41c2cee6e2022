import { join } from 'node:path';
import { NodeRedProcess } from '../../test/support/node-red-process';
import { brokers, mqttUrl, type Chain, type ChainTopics } from './chain';

/** Starts the chain as a flow in a Node-RED process of its own, its options as they come. */
export async function flowChain({ mqttIn, kafka, model, mqttBack }: ChainTopics, folder: string): Promise<Chain> {
  const { hostname: host, port } = new URL(mqttUrl);
  const arrivals = join(folder, 'flow');
  const bridge = { type: 'kafka-bridge', z: 'flow', broker: kafka, cluster: 'cluster', wires: [] };
  const red = await NodeRedProcess.start({
    nodesDir: join(__dirname, 'nodes'),
    flows: [
      { id: 'flow', type: 'tab', label: 'chain' },
      // Its id makes the client ids, and another run may use the same server.
      { id: kafka, type: 'mqtt-twin-broker', host, port: port || '1883' },
      { id: 'cluster', type: 'kafka-twin-cluster', brokers: brokers.join(',') },
      { ...bridge, id: 'in', direction: 'to-kafka', mqttFilters: mqttIn, kafkaTopic: kafka },
      {
        ...{ id: 'read', type: 'kafka-twin-read', z: 'flow', cluster: 'cluster', topics: kafka, mode: 'group' },
        ...{ groupId: `chain-${process.pid}`, from: 'earliest', wires: [['model']] },
      },
      { id: 'arrival', type: 'bench-arrival', z: 'flow', file: arrivals, at: 'model', wires: [] },
      { id: 'model', type: 'twin-model', z: 'flow', model: 'green-life', wires: [['write']] },
      { id: 'write', type: 'kafka-twin-write', z: 'flow', cluster: 'cluster', topic: model, wires: [] },
      { ...bridge, id: 'back', direction: 'to-mqtt', kafkaTopics: model, mqttTopic: mqttBack, start: 'earliest' },
    ],
  });
  return { topics: { mqttIn, kafka, model, mqttBack }, arrivals, stop: () => red.stop() };
}
