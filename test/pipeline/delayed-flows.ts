/** Where the two flows of the delayed pipeline find their servers and each other. */
interface Names {
  readonly topic: string;
  readonly replies: string;
  /** First levels of all MQTT topics. */
  readonly mqtt: string;
  readonly brokers: string;
}

const core = { z: 'flow', qos: '0', wires: [] as string[][] };
const coreBroker = (broker: string, port: number): object => ({
  ...{ id: 'core', type: 'mqtt-broker', broker, port: String(port), clientid: '', autoConnect: true },
  ...{ usetls: false, protocolVersion: '4', keepalive: '60', cleansession: true },
});

/** The machine with the wrong clock: the bridge, and a node that answers for the clock. */
export const bridgeFlow = ({
  mqtt,
  topic,
  brokers,
  ...at
}: Names & { mqttPort: number; echoPort: number }): object[] => [
  { id: 'flow', type: 'tab', label: 'bridge' },
  // The client id comes from the ids of the nodes, and other runs may use the same server.
  { id: `broker-${topic}`, type: 'mqtt-twin-broker', host: '127.0.0.1', port: at.mqttPort },
  { id: 'cluster', type: 'kafka-twin-cluster', brokers },
  coreBroker('127.0.0.1', at.echoPort),
  {
    ...{
      id: 'bridge',
      type: 'kafka-bridge',
      z: 'flow',
      broker: `broker-${topic}`,
      cluster: 'cluster',
      direction: 'to-kafka',
    },
    ...{ mqttFilters: `${mqtt}/in`, kafkaTopic: topic, wires: [] },
  },
  { ...core, id: 'asked', type: 'mqtt in', topic: `${mqtt}/ask`, datatype: 'utf8', broker: 'core', wires: [['clock']] },
  { id: 'clock', type: 'kafka-latency', z: 'flow', mode: 'answer', machine: 'server', wires: [['answer']] },
  { ...core, id: 'answer', type: 'mqtt out', topic: `${mqtt}/answer`, broker: 'core' },
];

/** The machine that measures: delays within the readings, and through the model from topic to topic. */
export const measuringFlow = ({
  mqtt,
  topic,
  replies,
  brokers,
  mosquitto,
}: Names & { mosquitto: { host: string; port: number } }): object[] => {
  const read = (id: string, topics: string, wires: string[]): object => ({
    ...{ id, type: 'kafka-twin-read', z: 'flow', cluster: 'cluster', topics, mode: 'group', groupId: `${mqtt}-${id}` },
    ...{ from: 'earliest', wires: [wires] },
  });
  const out = (name: string): object => ({
    ...core,
    ...{ id: name, type: 'mqtt out', topic: `${mqtt}/${name}`, qos: '1', broker: 'core' },
  });
  const hop = (from: string, to: string, label: string): object => ({ from, to, label, clockOffsetMs: 0 });
  const measure = { type: 'kafka-latency', z: 'flow', summaryEvery: 'seconds', summarySeconds: 0.5 };
  const asOne = (id: string, to: string): object => ({
    ...{
      id,
      type: 'function',
      z: 'flow',
      func: 'msg.payload = { hops: msg.payload, clocks: msg.clocks }; return msg;',
    },
    ...{ outputs: 1, wires: [[to]] },
  });
  return [
    { id: 'flow', type: 'tab', label: 'delays' },
    { id: 'cluster', type: 'kafka-twin-cluster', brokers },
    coreBroker(mosquitto.host, mosquitto.port),
    read('first', topic, ['within', 'between', 'readings']),
    read('second', replies, ['between', 'replies']),
    {
      ...{ ...measure, id: 'within', echo: true, echoSeconds: 0.5 },
      hops: [hop('MQTT_Timestamp', 'Bridge_Timestamp', 'MQTT'), hop('Bridge_Timestamp', 'now', 'Kafka')],
      clocks: [{ stamp: 'Bridge_Timestamp', machine: 'server', offsetMs: 0 }],
      wires: [[], ['told'], ['ask']],
    },
    {
      ...{ ...measure, id: 'between', pairing: 'stamp', firstTopic: topic, secondTopic: replies },
      hops: [hop(`${topic}:now`, `${replies}:now`, 'model')],
      wires: [[], ['told-pairs']],
    },
    asOne('told', 'hops'),
    asOne('told-pairs', 'pairs'),
    ...['readings', 'replies', 'hops', 'pairs'].map(out),
    { ...core, id: 'ask', type: 'mqtt out', topic: `${mqtt}/ask`, broker: 'core' },
    {
      ...core,
      id: 'answered',
      type: 'mqtt in',
      topic: `${mqtt}/answer`,
      datatype: 'utf8',
      broker: 'core',
      wires: [['within']],
    },
  ];
};
