import type { ConnectionChange } from '../delivery/connection-state';
import type { KafkaConnectionOptions } from '../kafka/kafka-options';
import { KafkaProducer } from '../kafka/kafka-producer';
import type { ProduceRecord } from '../kafka/kafka-record';
import { endSession } from '../mqtt/end-session';
import type { MqttConnectionOptions } from '../mqtt/mqtt-options';
import { MqttSubscriber, type MqttMessage } from '../mqtt/mqtt-subscriber';
import type { TwinError } from '../reading/twin-error';
import { Bridge, type BridgedMessage, type BridgeOptions } from './bridge';
import { ORIGIN_HEADER, type TrailHeaders } from './loop-guard';
import { messageSource } from './message-source';
import { payloadStamper, type PayloadStamper } from './payload-stamper';
import { TopicMaker, type NewTopicOptions } from './topic-maker';
import { assertTopic, kafkaTopicOf, type TopicOf } from './topic-template';

export interface MqttToKafkaOptions extends BridgeOptions {
  /**
   * The broker. At QoS 1 the session is kept unless `clean` says otherwise, so a `clientId` of its own is needed: what
   * arrives while the bridge is away then waits at the broker.
   */
  readonly mqtt: MqttConnectionOptions;
  readonly kafka: KafkaConnectionOptions;
  /** MQTT topic filters. */
  readonly from: readonly string[];
  /** Kafka topic: a name, or a template (see `kafkaTopicOf`). */
  readonly to: string;
  /** Default 1. */
  readonly qos?: 0 | 1;
  /** What becomes the record's key. Default `none`. */
  readonly key?: 'none' | 'source' | 'topic';
  /** Default `none`. */
  readonly compression?: 'none' | 'gzip';
  /** Creates topics that are missing. Default: leaves that to the Kafka broker. */
  readonly newTopics?: NewTopicOptions;
}

/**
 * Takes readings from MQTT and writes them to Kafka as they came, with the moment of their arrival added last. A
 * message is acknowledged to the MQTT broker (QoS 1) only when all in-sync replicas have stored it, in order of
 * receipt, so that none is lost whichever side dies; after an outage some may come twice. What is no JSON object is
 * rejected alone.
 */
export class MqttToKafkaBridge extends Bridge<MqttMessage> {
  readonly #options: MqttToKafkaOptions;
  readonly #stamped: PayloadStamper;
  readonly #topicOf: TopicOf;
  readonly #connection: MqttConnectionOptions;
  readonly #subscriber: MqttSubscriber;
  readonly #producer: KafkaProducer;
  readonly #topics: TopicMaker | undefined;
  #kafka: ConnectionChange = { state: 'connecting' };

  /** @throws TwinError BRIDGE_TEMPLATE, BRIDGE_OPTIONS, MQTT_OPTIONS, MQTT_TOPIC, KAFKA_OPTIONS_INVALID */
  constructor(options: MqttToKafkaOptions) {
    super(options, options.mqtt.protocolVersion);
    const { mqtt, kafka, from, to, qos = 1, window, compression = 'none', newTopics } = options;
    this.#options = options;
    this.#stamped = payloadStamper(options.stampKey);
    this.#topicOf = kafkaTopicOf(to);
    if (options.deadLetterTopic !== undefined) assertTopic(options.deadLetterTopic, 'kafka');
    this.#producer = new KafkaProducer({ connection: kafka, compression });
    this.#topics = newTopics && new TopicMaker(kafka, newTopics);
    this.#connection = { ...mqtt, clean: mqtt.clean ?? qos === 0 };
    this.#subscriber = new MqttSubscriber({ connection: this.#connection, topics: from, qos, window });
    this.#subscriber.on('message', (message, settle) => this.take(message, settle));
    this.#subscriber.on('state', (change) => this.emit('state', 'mqtt', change));
    this.#producer.on('state', (change) => {
      this.#kafka = change;
      this.emit('state', 'kafka', change);
    });
    this.#topics?.on('recovered', () => this.emit('state', 'kafka', this.#kafka));
    this.#topics?.on('trouble', (error) => this.emit('state', 'kafka', { state: 'waiting', error }));
  }

  start(): void {
    this.#producer.start();
    this.#subscriber.start();
  }

  /**
   * Ends the kept session, so that the broker collects nothing more for a bridge that will not come back. To be called
   * after `close`; a broker that does not answer within 2 s is left as it is.
   */
  async forget(): Promise<void> {
    if (!this.#connection.clean) await endSession(this.#connection);
  }

  protected async drainAndClose(drainMs: number): Promise<void> {
    // With Kafka away, waiting for it could only spend the time.
    const end = performance.now() + (this.#kafka.state === 'connected' ? drainMs : 0);
    const leftMs = (): number => Math.max(0, end - performance.now());
    await this.#subscriber.close(leftMs());
    await this.#topics?.close();
    // The subscriber does not wait for messages of QoS 0, so they may still be on their way.
    await this.#producer.close(leftMs());
  }

  protected async pass(message: MqttMessage, trail: string | undefined): Promise<BridgedMessage> {
    const { topic, payload, receivedAtMs, userProperties } = message;
    const value = this.#stamped(payload, receivedAtMs);
    const { key = 'none', headers = false } = this.#options;
    const to = this.#topicOf({ topic });
    const position = await this.#send({
      topic: to,
      key: key === 'topic' ? topic : key === 'source' ? messageSource(value) : null,
      value,
      headers: { ...(headers && userProperties), ...(trail !== undefined && { [ORIGIN_HEADER]: trail }) },
    });
    return { from: topic, to, payload: value, ...position };
  }

  protected async bury({ topic, payload }: MqttMessage, deadLetterTopic: string, error: TwinError): Promise<void> {
    const headers = { 'mqtt-topic': topic, 'error-code': error.code, 'error-message': error.message };
    await this.#send({ topic: deadLetterTopic, value: payload, headers });
  }

  protected payloadOf({ payload }: MqttMessage): Buffer {
    return payload;
  }

  protected headersOf({ userProperties }: MqttMessage): TrailHeaders {
    return userProperties;
  }

  protected nameOf({ topic }: MqttMessage): string {
    return `message of "${topic}"`;
  }

  async #send(record: ProduceRecord): Promise<{ partition: number; offset: string }> {
    const made = this.#topics?.ensure(record.topic);
    if (made) await made;
    return this.#producer.send(record);
  }
}
