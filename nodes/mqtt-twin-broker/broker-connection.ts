import { randomBytes } from 'node:crypto';
import { withinTime } from '../../lib/delivery/within-time';
import { type MqttConnectionOptions, resolveMqttOptions } from '../../lib/mqtt/mqtt-options';
import { MqttPublisher } from '../../lib/mqtt/mqtt-publisher';

/** What a broker's config node offers to the nodes that refer to it. */
export class BrokerConnection {
  readonly #options: MqttConnectionOptions;
  readonly #clientIdPrefix: string;
  #publisher: MqttPublisher | undefined;
  #users = 0;

  /** @throws TwinError MQTT_OPTIONS */
  constructor(options: MqttConnectionOptions, clientIdPrefix: string) {
    resolveMqttOptions(options);
    this.#options = options;
    this.#clientIdPrefix = clientIdPrefix;
  }

  /**
   * Options for a connection of the caller's own, such as a subscriber with a kept session.
   * @param suffix makes the client id unique, and is the same after every restart: the id of the node that asks
   */
  optionsFor(suffix: string): MqttConnectionOptions {
    return { ...this.#options, clientId: `${this.#clientIdPrefix}-${suffix}` };
  }

  /** The shared publisher; the first user starts it. Each user must `release` it once. */
  acquire(): MqttPublisher {
    this.#users++;
    if (!this.#publisher) {
      // Several runtimes may run the same flow, and a broker keeps only one client of a name.
      this.#publisher = new MqttPublisher(this.optionsFor(randomBytes(4).toString('hex')));
      this.#publisher.setMaxListeners(0);
      this.#publisher.start();
    }
    return this.#publisher;
  }

  /**
   * Waits for the caller's own work, at most `drainMs` and not at all while the broker is away; the last user closes
   * the publisher, which rejects what is left with MQTT_CLOSED.
   */
  async release(pending: Promise<unknown>, drainMs: number): Promise<void> {
    const publisher = this.#publisher;
    if (!publisher) return;
    if (--this.#users > 0) {
      await withinTime(pending, publisher.change.state === 'connected' ? drainMs : 0);
      return;
    }
    this.#publisher = undefined;
    await publisher.close(drainMs);
  }
}
