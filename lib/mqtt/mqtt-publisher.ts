import { EventEmitter } from 'node:events';
import type { IConnackPacket } from 'mqtt';
import type { Backoff } from '../delivery/backoff';
import type { ConnectionChange } from '../delivery/connection-state';
import { TwinError } from '../reading/twin-error';
import { MqttConnection } from './mqtt-connection';
import { resolveMqttOptions, type MqttConnectionOptions } from './mqtt-options';
import { OutgoingQueue, type QueueLimits } from './outgoing-queue';
import { assertPublishable, type MqttPublishOptions, type OutgoingMessage } from './outgoing-message';

export interface MqttPublisherOptions extends MqttConnectionOptions, Partial<QueueLimits> {
  /** Largest payload in bytes (default 8 MiB). */
  readonly maxMessageBytes?: number | undefined;
  readonly backoff?: Backoff | undefined;
}

/**
 * Publishes in the order of the calls and survives outages: what the broker has not acknowledged is sent again, in
 * order, on the next connection. A broker may thus get a message twice, but only one whose acknowledgement was lost.
 *
 * While the broker is away messages wait in memory, up to `maxQueued` and `maxQueuedBytes`; beyond that `publish`
 * rejects with the retryable `MQTT_QUEUE_FULL`, so that the caller holds its source back or spools.
 */
export class MqttPublisher extends EventEmitter<{ state: [ConnectionChange] }> {
  readonly #connection: MqttConnection;
  readonly #queue: OutgoingQueue;
  readonly #checks: { protocolVersion: 4 | 5; maxMessageBytes: number };
  #closing: Promise<void> | undefined;

  /** @throws TwinError `MQTT_OPTIONS` */
  constructor({ maxMessageBytes = 8 * 2 ** 20, backoff, ...options }: MqttPublisherOptions) {
    super();
    // What is to be sent again lives here, so the broker need not remember anything of us.
    const target = resolveMqttOptions({ ...options, clean: true });
    this.#checks = { protocolVersion: target.protocolVersion, maxMessageBytes };
    this.#queue = new OutgoingQueue(options);
    this.#connection = new MqttConnection(target, { backoff });
    this.#connection.on('state', (change) => this.emit('state', change));
    this.#connection.on('up', (link, connack) => this.#queue.attach(link, limitsOf(connack)));
    this.#connection.on('down', () => this.#queue.detach());
  }

  /** How the connection stands now. */
  get change(): ConnectionChange {
    return this.#connection.change;
  }

  /** Messages that wait to be sent. */
  get queued(): number {
    return this.#queue.queued;
  }

  /** Messages sent and not yet acknowledged. */
  get inFlight(): number {
    return this.#queue.inFlight;
  }

  /** Begins to connect, and goes on trying until closed. */
  start(): void {
    this.#connection.start();
  }

  /**
   * Resolves when the broker has acknowledged the message (QoS 1) or the network has taken it (QoS 0).
   * @throws TwinError for good: `MQTT_TOPIC`, `MQTT_PAYLOAD`, `MQTT_TOO_LARGE`, `MQTT_USER_PROPERTIES`,
   *   `MQTT_PUBLISH_REFUSED`, `DELIVERY_EXPIRED`; retryable: `MQTT_QUEUE_FULL`, `MQTT_CLOSED`
   */
  publish(topic: string, payload: Buffer | string, options: MqttPublishOptions = {}): Promise<void> {
    return new Promise((resolve, reject) => {
      if (this.#closing) throw closedError();
      assertPublishable(topic, payload, options, this.#checks);
      const { qos = 1, retain = false, userProperties, expiresMs } = options;
      const bytes = Buffer.byteLength(payload);
      const message: OutgoingMessage = {
        topic,
        payload,
        bytes,
        qos,
        retain,
        userProperties,
        expiresMs,
        resolve,
        reject,
        losses: 0,
      };
      this.#queue.add(message);
    });
  }

  /**
   * Takes no more messages, waits up to `drainMs` for those under way while a broker is there, rejects the rest with
   * `MQTT_CLOSED` and closes the connection. Idempotent.
   */
  close(drainMs = 5_000): Promise<void> {
    this.#closing ??= this.#drainAndClose(drainMs);
    return this.#closing;
  }

  async #drainAndClose(drainMs: number): Promise<void> {
    await this.#drain(drainMs);
    this.#queue.rejectAll(closedError());
    await this.#connection.close();
  }

  /** Ends early when the broker goes: waiting for it could only spend the time. */
  async #drain(drainMs: number): Promise<void> {
    const canDrain = ({ state }: ConnectionChange) => state === 'connected' || state === 'connecting';
    if (this.#queue.size === 0 || !canDrain(this.change)) return;
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, drainMs);
      const end = () => {
        clearTimeout(timer);
        resolve();
      };
      this.#queue.onEmpty = end;
      this.#connection.on('state', (change) => {
        if (!canDrain(change)) end();
      });
    });
  }
}

/** MQTT 5: what the broker says it can take; more would cost the connection. */
const limitsOf = ({ properties }: IConnackPacket) => ({
  maxInFlight: properties?.receiveMaximum ?? Infinity,
  maxPacketBytes: properties?.maximumPacketSize ?? Infinity,
});

const closedError = (): TwinError =>
  new TwinError('MQTT_CLOSED', 'the publisher was closed before the broker acknowledged this message', {
    retryable: true,
  });
