import { connect as connectTcp, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { MqttClient, type IClientOptions, type IConnackPacket } from 'mqtt';
import type { TwinError } from '../reading/twin-error';
import { mqttError } from './mqtt-error';
import type { ResolvedMqttOptions } from './mqtt-options';
import { noStore } from './no-store';

/** Time for the DISCONNECT of a friendly end to leave. */
const END_MS = 1_000;

/**
 * One network connection to a broker, from the first TCP packet to its end; it is never used again. mqtt.js could
 * reconnect by itself, but with a fixed period, one message at a time when it sends again, and without a word about
 * which of its promises are lost: a fresh client per connection leaves all of that to the owner.
 */
export class MqttLink {
  readonly client: MqttClient;
  /** Resolves once the broker has accepted us; rejects with the reason when it has not. */
  readonly opened: Promise<IConnackPacket>;
  /** Resolves with the reason when the connection has ended, however it did; never rejects. */
  readonly closed: Promise<TwinError>;
  #socket!: Socket;
  #error: unknown;

  /** @param receiveMaximum MQTT 5: most unacknowledged messages that the broker may send us */
  constructor(target: ResolvedMqttOptions, receiveMaximum?: number) {
    try {
      this.client = new MqttClient(() => (this.#socket = openSocket(target)), clientOptions(target, receiveMaximum));
    } catch (error) {
      // Unreadable certificates and keys are refused before anything is sent.
      throw mqttError(target, { error, openMs: undefined });
    }
    const note = (error: unknown) => (this.#error ??= error);
    // mqtt.js reports socket errors only when they carry a code.
    this.#socket.on('error', note);
    // Not all of these end the connection by themselves: after bytes that are not MQTT, mqtt.js would go on reading.
    this.client.on('error', (error) => this.fail(error));
    this.client.on('disconnect', ({ reasonCode }) => note({ code: reasonCode, message: 'DISCONNECT' }));
    let openedAt: number | undefined;
    this.closed = new Promise((resolve) => {
      this.client.once('close', () => {
        const openMs = openedAt === undefined ? undefined : performance.now() - openedAt;
        resolve(mqttError(target, { error: this.#error, openMs }));
      });
    });
    this.opened = new Promise((resolve, reject) => {
      this.client.once('connect', (connack) => {
        openedAt = performance.now();
        resolve(connack);
      });
      void this.closed.then(reject);
    });
    // The owner may look at `closed` alone.
    this.opened.catch(() => {});
  }

  /** The bytes still go out in order with the packets of mqtt.js, which writes each of its packets in one turn. */
  get socket(): Socket {
    return this.#socket;
  }

  /** Ends the connection at once, for this reason unless there was one before. */
  fail(error: Error): void {
    this.#error ??= error;
    this.#socket.destroy();
  }

  /** Says good-bye, then closes; bounded in time, idempotent. */
  async end(): Promise<void> {
    const { client } = this;
    // Otherwise mqtt.js would wait for answers that may never come, or leave a socket open that is not yet connected.
    if (!client.connected || Object.keys(client.outgoing).length > 0) client.end(true);
    else client.end();
    const timer = setTimeout(() => this.#socket.destroy(), END_MS);
    await this.closed;
    clearTimeout(timer);
  }
}

/** With Nagle's algorithm on, each small packet that follows an unacknowledged one waits 40 ms for a delayed ACK. */
function openSocket({ host, port, secure, tls }: ResolvedMqttOptions): Socket {
  const socket = secure
    ? connectTls({ host, port, ...defined({ ...tls }), ...(tls.servername ? {} : servernameOf(host)) })
    : connectTcp({ host, port });
  return socket.setNoDelay(true);
}

/** Without it a server that holds several certificates cannot choose; IP addresses are not allowed there. */
const servernameOf = (host: string) => (/^[\d.]+$|:/.test(host) ? {} : { servername: host });

function clientOptions(target: ResolvedMqttOptions, receiveMaximum: number | undefined): IClientOptions {
  const { username, password, clientId, protocolVersion, clean } = target;
  return {
    clientId,
    protocolVersion,
    clean,
    keepalive: target.keepAliveS,
    connectTimeout: target.connectTimeoutMs,
    reconnectPeriod: 0,
    resubscribe: false,
    outgoingStore: noStore,
    ...defined({ username, password }),
    ...(protocolVersion === 5
      ? { properties: { sessionExpiryInterval: target.sessionExpiryS, ...defined({ receiveMaximum }) } }
      : {}),
  };
}

type Defined<T> = { [K in keyof T]?: Exclude<T[K], undefined> };

function defined<T extends object>(values: T): Defined<T> {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as Defined<T>;
}
