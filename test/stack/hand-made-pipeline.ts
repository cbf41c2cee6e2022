import { spawn, type ChildProcess } from 'node:child_process';
import { Kafka, logLevel, type Producer } from 'kafkajs';
import { connectAsync, type MqttClient } from 'mqtt';
import type { Stack } from '../../stack/stack';

const FRAME_BYTES = 22;

/**
 * The shortest pipeline there can be, with plain clients: frames from the board's port to all three servers at once.
 */
export class HandMadePipeline {
  /** A fault for the next reading: kept from one of the servers; or twice in Kafka, under two times in InfluxDB. */
  next: { lose?: 'mqtt' | 'kafka' | 'influx'; repeat?: boolean } = {};
  readonly #influxUrl: string;
  readonly #mqtt: MqttClient;
  readonly #producer: Producer;
  /** Reads the port: a read of this process's own could not be taken back, and would keep it from ending. */
  readonly #reader: ChildProcess;
  readonly #work: Promise<unknown>[] = [];
  #sequence = 0;
  #lastMs = 0;

  private constructor(stack: Stack, mqtt: MqttClient, producer: Producer) {
    this.#influxUrl = stack.influx?.url ?? '';
    this.#mqtt = mqtt;
    this.#producer = producer;
    this.#reader = spawn('cat', [stack.board?.port ?? ''], { stdio: ['ignore', 'pipe', 'ignore'] });
    let bytes = 0;
    this.#reader.stdout?.on('data', (chunk: Buffer) => {
      for (bytes += chunk.length; bytes >= FRAME_BYTES; bytes -= FRAME_BYTES) this.#carry();
    });
  }

  static async open(stack: Stack): Promise<HandMadePipeline> {
    const mqtt = await connectAsync(stack.mqtt?.url ?? '');
    const producer = new Kafka({ brokers: [...(stack.kafka?.brokers ?? [])], logLevel: logLevel.NOTHING }).producer();
    await producer.connect();
    return new HandMadePipeline(stack, mqtt, producer);
  }

  async close(): Promise<void> {
    this.#reader.kill();
    await Promise.allSettled(this.#work);
    await this.#mqtt.endAsync(true);
    await this.#producer.disconnect();
  }

  #carry(): void {
    const { lose, repeat } = this.next;
    this.next = {};
    this.#sequence += 1;
    // Two readings of one millisecond would be one point.
    const timeMs = (this.#lastMs = Math.max(Date.now(), this.#lastMs + 2));
    const value = JSON.stringify({
      'Ambient Temperature': 21.5,
      Source: 'hand',
      Sequence: this.#sequence,
      MQTT_Timestamp: timeMs,
    });
    const messages = repeat ? [{ value }, { value }] : [{ value }];
    if (lose !== 'mqtt') this.#work.push(this.#mqtt.publishAsync('Sensor/Values', value, { qos: 1 }));
    if (lose !== 'kafka') this.#work.push(this.#producer.send({ topic: 'RealTime_Data', messages }));
    if (lose !== 'influx') this.#work.push(this.#point(timeMs));
    if (repeat) this.#work.push(this.#point(timeMs + 1));
  }

  #point(timeMs: number): Promise<unknown> {
    return fetch(new URL('/write?db=Sensor_Data&precision=ms', this.#influxUrl), {
      method: 'POST',
      body: `Temperature,location=Germany,Source=hand Ambient\\ Temperature=21.5 ${timeMs}`,
    });
  }
}
