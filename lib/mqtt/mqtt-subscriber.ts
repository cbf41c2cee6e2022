import { EventEmitter } from 'node:events';
import type { IPublishPacket } from 'mqtt';
import type { Backoff } from '../delivery/backoff';
import type { ConnectionChange } from '../delivery/connection-state';
import { TwinError } from '../reading/twin-error';
import { MqttConnection } from './mqtt-connection';
import type { MqttLink } from './mqtt-link';
import { resolveMqttOptions, type MqttConnectionOptions, type ResolvedMqttOptions } from './mqtt-options';
import { subscribe } from './mqtt-subscribe';
import { assertTopicFilter, matchesFilter } from './mqtt-topic';
import type { UserProperties } from './outgoing-message';
import { PubackLedger, type HeldMessage } from './puback-ledger';

/** A message as it came from the broker. */
export interface MqttMessage {
  readonly topic: string;
  readonly payload: Buffer;
  readonly qos: 0 | 1;
  readonly retain: boolean;
  /** The broker says that it may have sent this message before. */
  readonly duplicate: boolean;
  readonly receivedAtMs: number;
  /** MQTT 5; empty otherwise. */
  readonly userProperties: UserProperties;
}

export interface MqttSubscriberOptions {
  /** With `clean: false` and a fixed client id the broker keeps what arrives while we are away. */
  readonly connection: MqttConnectionOptions;
  /** Topic filters; `$share/group/filter` too. */
  readonly topics: readonly string[];
  readonly qos: 0 | 1;
  /** Messages delivered and not yet acknowledged, at most (1 to 65,535, default 1,000). */
  readonly window?: number | undefined;
  readonly backoff?: Backoff | undefined;
}

/**
 * A socket from which nobody reads does not tell that the other side is gone; writing to it does, the second time. So a
 * blocked connection is asked this often, however rarely the keep alive would.
 */
const ASK_EVERY_MS = 2_000;

/** Tells mqtt.js not to acknowledge a message and to go on reading; it reports this error to nobody. */
const HELD = new Error('held until settled');

const nothing = (): void => {};

/**
 * Receives messages and acknowledges each (QoS 1) only when the receiver has called its `settle`, in the order of
 * receipt. What is not settled when the connection or the process ends comes again from the broker: after a lost
 * connection it is matched with what the receiver still holds and not delivered twice.
 *
 * A full window stops the broker: MQTT 5 by the receive maximum, MQTT 3.1.1 by its own limit of messages in flight,
 * or, where that is larger, because we stop reading the socket.
 */
export class MqttSubscriber extends EventEmitter<{
  state: [ConnectionChange];
  message: [message: MqttMessage, settle: () => void];
}> {
  readonly #connection: MqttConnection;
  readonly #target: ResolvedMqttOptions;
  readonly #topics: readonly string[];
  readonly #window: number;
  readonly #ledger = new PubackLedger();
  /** Goes on with a message that found the window full. */
  #blocked: (() => void) | undefined;
  #pinging: NodeJS.Timeout | undefined;
  #closing: Promise<void> | undefined;
  #onSettled: (() => void) | undefined;
  /**
   * The topic that was matched last, which most messages share; before the first one, the empty one, which no topic is.
   */
  #known = { topic: '', wanted: false };

  /** @throws TwinError `MQTT_OPTIONS`, `MQTT_TOPIC` */
  constructor({ connection, topics, qos, window = 1_000, backoff }: MqttSubscriberOptions) {
    super();
    if (topics.length === 0) throw new TwinError('MQTT_TOPIC', 'a subscriber needs at least one topic filter');
    topics.forEach(assertTopicFilter);
    if (!Number.isInteger(window) || window < 1 || window > 65_535) {
      throw new TwinError('MQTT_OPTIONS', `the window is 1 to 65535 messages, got ${window}`);
    }
    this.#target = resolveMqttOptions(connection);
    this.#topics = topics;
    this.#window = window;
    this.#connection = new MqttConnection(this.#target, {
      receiveMaximum: window,
      backoff,
      attach: (link) => this.#attach(link),
      prepare: (link) => subscribe(link, topics, qos),
    });
    this.#connection.on('state', (change) => this.emit('state', change));
    this.#ledger.onRelease = () => this.#unblock();
  }

  /** How the connection stands now. */
  get change(): ConnectionChange {
    return this.#connection.change;
  }

  /** Messages delivered and not yet acknowledged on this connection. */
  get held(): number {
    return this.#ledger.held;
  }

  /** Begins to connect, and goes on trying until closed. */
  start(): void {
    this.#connection.start();
  }

  /**
   * Delivers nothing more, waits up to `drainMs` for what is delivered to be settled, then closes the connection. The
   * rest comes again in the next session. Idempotent.
   */
  close(drainMs = 0): Promise<void> {
    this.#closing ??= this.#drainAndClose(drainMs);
    return this.#closing;
  }

  async #drainAndClose(drainMs: number): Promise<void> {
    if (this.#ledger.unsettled > 0 && this.change.state === 'connected') {
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, drainMs);
        this.#onSettled = () => {
          if (this.#ledger.unsettled > 0) return;
          clearTimeout(timer);
          resolve();
        };
      });
    }
    this.#ledger.release();
    await this.#connection.close();
  }

  /** In the turn that makes the link: a kept session sends its messages in the same packet as the CONNACK. */
  #attach(link: MqttLink): void {
    link.client.handleMessage = (packet, callback) => this.#receive(link, packet, callback);
    link.client.on('packetreceive', (packet) => {
      if (packet.cmd !== 'connack') return;
      this.#ledger.begin((bytes) => {
        if (link.socket.writable) link.socket.write(bytes);
      }, packet.sessionPresent);
    });
    void link.closed.then(() => {
      clearInterval(this.#pinging);
      this.#blocked = undefined;
      this.#ledger.lose();
    });
  }

  #receive(link: MqttLink, packet: IPublishPacket, callback: (error?: Error) => void): void {
    if (packet.qos === 0) {
      if (!this.#closing) this.#deliver(packet, nothing);
      return callback();
    }
    const received = { messageId: packet.messageId!, topic: packet.topic, payload: packet.payload as Buffer };
    if (this.#closing || (packet.dup && this.#ledger.adopt(received))) return callback(HELD);
    if (this.#ledger.held >= this.#window) return this.#block(link, () => this.#receive(link, packet, callback));
    const held = this.#ledger.hold(received);
    // A kept session also remembers filters that were subscribed to in the past.
    if (this.#wants(packet.topic)) this.#deliver(packet, () => this.#settle(held));
    else this.#ledger.settle(held);
    callback(HELD);
  }

  #wants(topic: string): boolean {
    if (topic !== this.#known.topic) {
      this.#known = { topic, wanted: this.#topics.some((filter) => matchesFilter(filter, topic)) };
    }
    return this.#known.wanted;
  }

  #deliver(packet: IPublishPacket, settle: () => void): void {
    const message: MqttMessage = {
      topic: packet.topic,
      payload: packet.payload as Buffer,
      qos: packet.qos === 0 ? 0 : 1,
      retain: packet.retain,
      duplicate: packet.dup,
      receivedAtMs: Date.now(),
      userProperties: packet.properties?.userProperties ?? {},
    };
    this.emit('message', message, settle);
  }

  #settle(held: HeldMessage): void {
    this.#ledger.settle(held);
    this.#onSettled?.();
  }

  /**
   * Stops reading from the socket until there is room. The broker's PINGRESP then waits behind its messages, so mqtt.js
   * must not miss it, and the broker must still hear from us.
   */
  #block({ client }: MqttLink, goOn: () => void): void {
    this.#blocked = goOn;
    clearInterval(this.#pinging);
    if (this.#target.keepAliveS === 0) return;
    this.#pinging = setInterval(
      () => {
        client.sendPing();
        client.reschedulePing(true);
      },
      Math.min(this.#target.keepAliveS * 400, ASK_EVERY_MS),
    );
  }

  #unblock(): void {
    const goOn = this.#blocked;
    this.#blocked = undefined;
    clearInterval(this.#pinging);
    goOn?.();
  }
}
