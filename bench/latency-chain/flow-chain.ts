import { join } from 'node:path';
import { NodeRedProcess } from '../../test/support/node-red-process';
import { brokers, mqttUrl, type Chain, type ChainTopics } from './chain';

/** Starts the chain as a flow in a Node-RED process of its own: two bridges and a reader, options as they come. */
export async function flowChain({ mqttIn, kafka, mqttBack }: ChainTopics, folder: string): Promise<Chain> {
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
      { ...bridge, id: 'back', direction: 'to-mqtt', kafkaTopics: kafka, mqttTopic: mqttBack, start: 'earliest' },
      {
        ...{ id: 'read', type: 'kafka-twin-read', z: 'flow', cluster: 'cluster', topics: kafka, mode: 'group' },
        ...{ groupId: `chain-${process.pid}`, from: 'earliest', wires: [['end']] },
      },
      { id: 'end', type: 'bench-arrival', z: 'flow', file: arrivals, wires: [] },
    ],
  });
  return { topics: { mqttIn, kafka, mqttBack }, arrivals, stop: () => red.stop() };
}
