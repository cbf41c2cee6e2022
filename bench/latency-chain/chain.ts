/** Where a chain takes its readings from, and brings them to. */
export interface ChainTopics {
  readonly mqttIn: string;
  readonly kafka: string;
  readonly mqttBack: string;
}

/** A chain MQTT -> bridge -> Kafka -> reader, and from Kafka back to MQTT, in a process of its own. */
export interface Chain {
  readonly topics: ChainTopics;
  /** A file with a line `Sequence Bridge_Timestamp arrival` for each reading that reached the end; epoch ms. */
  readonly arrivals: string;
  stop(): Promise<void>;
}

export const mqttUrl = process.env['MQTT_URL'] ?? 'mqtt://127.0.0.1:1883';
export const brokers = (process.env['KAFKA_BROKERS'] ?? '127.0.0.1:9092').split(',');
