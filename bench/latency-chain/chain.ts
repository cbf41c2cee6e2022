/** Where a chain takes its readings from, and brings them to. */
export interface ChainTopics {
  readonly mqttIn: string;
  /** Kafka topic of the readings. */
  readonly kafka: string;
  /** Kafka topic of what the model made of them. */
  readonly model: string;
  readonly mqttBack: string;
}

/** A chain MQTT -> bridge -> Kafka -> model -> Kafka -> bridge -> MQTT, in a process of its own. */
export interface Chain {
  readonly topics: ChainTopics;
  /** A file with a line `Sequence Bridge_Timestamp arrival` for each reading that came to the model; epoch ms. */
  readonly arrivals: string;
  stop(): Promise<void>;
}

export const mqttUrl = process.env['MQTT_URL'] ?? 'mqtt://127.0.0.1:1883';
export const brokers = (process.env['KAFKA_BROKERS'] ?? '127.0.0.1:9092').split(',');
