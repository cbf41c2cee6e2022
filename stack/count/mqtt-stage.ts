import { connectAsync, type MqttClient } from 'mqtt';
import { readingIdentity, type ReadingIdentity } from './reading-identity';
import { SequenceTally } from './sequence-tally';
import type { Stage } from './stage';

const TOPIC = 'Sensor/Values';

/** What a plain subscriber of the broker sees. */
export class MqttStage implements Stage {
  readonly name = 'MQTT';
  readonly pending = 0;
  readonly #client: MqttClient;
  readonly #tally = new SequenceTally();

  private constructor(client: MqttClient, onReading: (reading: ReadingIdentity) => void) {
    this.#client = client;
    client.on('error', () => undefined);
    client.on('message', (_topic, payload) => {
      const reading = readingIdentity(payload);
      if (reading && this.#tally.add(reading.source, reading.sequence)) onReading(reading);
    });
  }

  /**
   * Rejects when the broker refuses, leaving nothing open.
   *
   * @param onReading told of each reading that is new
   */
  static async open(env: NodeJS.ProcessEnv, onReading: (reading: ReadingIdentity) => void): Promise<MqttStage> {
    const { MQTT_URL: url = '', MQTT_USERNAME: username, MQTT_PASSWORD: password } = env;
    const client = await connectAsync(url, {
      clientId: `twin-count-${process.pid}-${Date.now().toString(36)}`,
      ...(username ? { username } : {}),
      ...(password ? { password } : {}),
    });
    const stage = new MqttStage(client, onReading);
    try {
      await client.subscribeAsync(TOPIC, { qos: 1 });
    } catch (error) {
      await stage.close();
      throw error;
    }
    return stage;
  }

  get seen(): number {
    return this.#tally.distinct;
  }

  get duplicates(): number {
    return this.#tally.duplicates;
  }

  begin(): void {
    this.#tally.begin();
  }

  refresh(): Promise<void> {
    return Promise.resolve();
  }

  async close(): Promise<void> {
    await this.#client.endAsync(true);
  }
}
