import { randomUUID } from 'node:crypto';
import { Kafka, logLevel, type Admin, type Consumer } from 'kafkajs';
import { readingIdentity } from './reading-identity';
import { SequenceTally } from './sequence-tally';
import type { Stage } from './stage';

const TOPIC = 'RealTime_Data';

export interface KafkaStageOptions {
  readonly env: NodeJS.ProcessEnv;
  /** Told of each new reading's way from MQTT to here, in ms. */
  readonly onDelay: (delayMs: number) => void;
}

/** What a plain consumer of the cluster sees from now on, held against the topic's own end offsets. */
export class KafkaStage implements Stage {
  readonly name = 'Kafka';
  readonly #admin: Admin;
  readonly #consumer: Consumer;
  readonly #groupId = `twin-count-${randomUUID()}`;
  readonly #onDelay: (delayMs: number) => void;
  readonly #tally = new SequenceTally();
  #records = 0;
  #pending = 0;
  #endsAtOpen = 0n;
  #closing = false;
  #waiting: NodeJS.Timeout | undefined;

  private constructor({ env, onDelay }: KafkaStageOptions) {
    const brokers = (env['KAFKA_BROKERS'] ?? '').split(',');
    const kafka = new Kafka({ brokers, clientId: 'twin-count', logLevel: logLevel.NOTHING });
    this.#admin = kafka.admin();
    this.#consumer = kafka.consumer({ groupId: this.#groupId, allowAutoTopicCreation: false, retry: { retries: 1e6 } });
    this.#onDelay = onDelay;
  }

  /** Takes note of where the topic ends now; what comes after is counted, even when the topic is made later. */
  static async open(options: KafkaStageOptions): Promise<KafkaStage> {
    const stage = new KafkaStage(options);
    await stage.#admin.connect();
    await stage.#consumer.connect();
    const known = await stage.#topicExists();
    const ends = known ? await stage.#admin.fetchTopicOffsets(TOPIC) : [];
    stage.#endsAtOpen = sum(ends);
    if (known) await stage.#consume(ends);
    else stage.#consumeLater();
    return stage;
  }

  get seen(): number {
    return this.#tally.distinct;
  }

  get duplicates(): number {
    return this.#tally.duplicates;
  }

  get pending(): number {
    return this.#pending;
  }

  begin(): void {
    this.#tally.begin();
  }

  /** Holds the records read against the cluster's own end offsets. */
  async refresh(): Promise<void> {
    if (!(await this.#topicExists())) return;
    const ends = sum(await this.#admin.fetchTopicOffsets(TOPIC));
    this.#pending = Number(ends - this.#endsAtOpen) - this.#records;
  }

  async close(): Promise<void> {
    this.#closing = true;
    clearTimeout(this.#waiting);
    await this.#consumer.disconnect().catch(() => undefined);
    await this.#admin.deleteGroups([this.#groupId]).catch(() => undefined);
    await this.#admin.disconnect().catch(() => undefined);
  }

  async #topicExists(): Promise<boolean> {
    return (await this.#admin.listTopics()).includes(TOPIC);
  }

  #consumeLater(): void {
    if (this.#closing) return;
    this.#waiting = setTimeout(() => {
      this.#topicExists()
        .then((exists) => (exists ? this.#consume([]) : this.#consumeLater()))
        .catch(() => this.#consumeLater());
    }, 500);
  }

  async #consume(ends: readonly { partition: number; high: string }[]): Promise<void> {
    await this.#consumer.subscribe({ topic: TOPIC, fromBeginning: true });
    await this.#consumer.run({
      eachBatch: ({ batch }) => {
        const now = Date.now();
        this.#records += batch.messages.length;
        for (const { value } of batch.messages) {
          const reading = readingIdentity(value);
          if (reading && this.#tally.add(reading.source, reading.sequence)) this.#onDelay(now - reading.timeMs);
        }
        return Promise.resolve();
      },
    });
    for (const { partition, high } of ends) this.#consumer.seek({ topic: TOPIC, partition, offset: high });
  }
}

function sum(ends: readonly { readonly high: string }[]): bigint {
  return ends.reduce((total, { high }) => total + BigInt(high), 0n);
}
