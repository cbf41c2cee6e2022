import { KafkaConsumer } from '../kafka/kafka-consumer';
import type { KafkaConnectionOptions } from '../kafka/kafka-options';
import type { KafkaRecord } from '../kafka/kafka-record';
import type { MqttConnectionOptions } from '../mqtt/mqtt-options';
import { MqttPublisher } from '../mqtt/mqtt-publisher';
import type { UserProperties } from '../mqtt/outgoing-message';
import { TwinError } from '../reading/twin-error';
import { Bridge, type BridgedMessage, type BridgeOptions } from './bridge';
import { userPropertiesOf } from './header-mapping';
import { ORIGIN_HEADER, type TrailHeaders } from './loop-guard';
import { payloadStamper, type PayloadStamper } from './payload-stamper';
import { assertTopic, mqttTopicOf, type TopicOf } from './topic-template';

export interface KafkaToMqttOptions extends BridgeOptions {
  readonly kafka: KafkaConnectionOptions;
  readonly mqtt: MqttConnectionOptions;
  /** Kafka topics. */
  readonly from: readonly string[];
  /** MQTT topic: a name, or a template (see `mqttTopicOf`). */
  readonly to: string;
  /** Consumer group, under which the cluster keeps how far the bridge is. */
  readonly groupId: string;
  /** Where the group begins in a partition that it has never read. Default `latest`. */
  readonly start?: 'latest' | 'earliest';
  /** Default 1. */
  readonly qos?: 0 | 1;
  /** Whether the broker keeps the last message of each topic for later subscribers. Default false. */
  readonly retain?: boolean;
}

const DEFAULT_WINDOW = 1_000;

/**
 * Takes readings from Kafka and publishes them to MQTT as they came, with the moment of their arrival added last. The
 * group's offset moves past a record only when the MQTT broker has acknowledged it (QoS 1), so that none is lost
 * whichever side dies; after an outage some may come twice. What is no JSON object is rejected alone.
 */
export class KafkaToMqttBridge extends Bridge<KafkaRecord> {
  readonly #options: KafkaToMqttOptions;
  readonly #stamped: PayloadStamper;
  readonly #topicOf: TopicOf;
  readonly #consumer: KafkaConsumer;
  readonly #publisher: MqttPublisher;

  /** @throws TwinError BRIDGE_TEMPLATE, BRIDGE_OPTIONS, MQTT_OPTIONS, KAFKA_OPTIONS_INVALID */
  constructor(options: KafkaToMqttOptions) {
    super(options, options.mqtt.protocolVersion);
    const { kafka, mqtt, from, to, groupId, start = 'latest', window = DEFAULT_WINDOW } = options;
    this.#options = options;
    this.#stamped = payloadStamper(options.stampKey);
    this.#topicOf = mqttTopicOf(to);
    if (options.deadLetterTopic !== undefined) assertTopic(options.deadLetterTopic, 'mqtt');
    this.#consumer = new KafkaConsumer({ connection: kafka, topics: from, groupId, from: start, window });
    // The window bounds what waits here, and the payloads are in memory already.
    this.#publisher = new MqttPublisher({ ...mqtt, maxQueued: window, maxQueuedBytes: Infinity });
    this.#consumer.on('delivery', ({ records, settle }) => {
      for (const record of records) this.take(record, settle);
    });
    this.#consumer.on('unreadable', (error, settle) =>
      this.takeUnreadable(String(error.facts['topic']), error, settle),
    );
    this.#consumer.on('warning', (error) => this.emit('warning', error));
    this.#consumer.on('state', (change) => this.emit('state', 'kafka', change));
    this.#publisher.on('state', (change) => this.emit('state', 'mqtt', change));
  }

  start(): void {
    this.#publisher.start();
    this.#consumer.start();
  }

  protected async drainAndClose(drainMs: number): Promise<void> {
    // With the broker away, waiting for it could only spend the time.
    await this.#consumer.close(this.#publisher.change.state === 'connected' ? drainMs : 0);
    await this.#publisher.close(0);
  }

  protected async pass(record: KafkaRecord, trail: string | undefined): Promise<BridgedMessage> {
    const { topic, partition, offset, value, key, receivedAtMs } = record;
    if (value === null) throw noValue(record);
    const stamped = this.#stamped(value, receivedAtMs);
    const to = this.#topicOf({ topic, ...(key && { key: key.toString() }) });
    await this.#publish(to, stamped, {
      ...(this.#options.headers && userPropertiesOf(record.headers)),
      ...(trail !== undefined && { [ORIGIN_HEADER]: trail }),
    });
    return { from: topic, to, payload: stamped, partition, offset };
  }

  protected async bury(record: KafkaRecord, deadLetterTopic: string, error: TwinError): Promise<void> {
    const { topic, partition, offset, value } = record;
    await this.#publish(deadLetterTopic, value ?? Buffer.alloc(0), {
      ...{ 'kafka-topic': topic, 'kafka-partition': String(partition), 'kafka-offset': offset },
      ...{ 'error-code': error.code, 'error-message': error.message },
    });
  }

  protected payloadOf({ value }: KafkaRecord): Buffer | null {
    return value;
  }

  protected headersOf({ headers }: KafkaRecord): TrailHeaders {
    return headers;
  }

  protected nameOf({ topic, partition, offset }: KafkaRecord): string {
    return `record ${topic}/${partition}/${offset}`;
  }

  #publish(topic: string, payload: Buffer, userProperties: UserProperties): Promise<void> {
    const { mqtt, qos = 1, retain = false } = this.#options;
    const carried = mqtt.protocolVersion === 5 && Object.keys(userProperties).length > 0;
    return this.#publisher.publish(topic, payload, { qos, retain, ...(carried && { userProperties }) });
  }
}

const noValue = ({ topic, partition, offset }: KafkaRecord): TwinError =>
  new TwinError(
    'BRIDGE_NO_VALUE',
    `record ${topic}/${partition}/${offset} has no value (a deletion mark), so there is nothing to publish`,
    { facts: { topic, partition, offset } },
  );
