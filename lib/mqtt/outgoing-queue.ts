import { Backoff } from '../delivery/backoff';
import { Fifo } from '../delivery/fifo';
import { expiredError, isExpired } from '../delivery/expiry';
import { TurnoverSet } from '../delivery/turnover-set';
import { TwinError } from '../reading/twin-error';
import { publishRefused } from './mqtt-error';
import type { MqttLink } from './mqtt-link';
import { packetBytes, tooLarge, type OutgoingMessage } from './outgoing-message';

export interface QueueLimits {
  /** Messages sent and not yet acknowledged, at most (default 1,000; an MQTT 5 broker may ask for fewer). */
  readonly maxInFlight: number;
  /** Messages waiting and in flight, at most (default 50,000) … */
  readonly maxQueued: number;
  /** … and their payloads' bytes (default 64 MiB). */
  readonly maxQueuedBytes: number;
}

/** Connections lost over the same first message before it goes alone, and before it is given up. */
const LOSSES_TO_GO_ALONE = 2;
const LOSSES_TO_GIVE_UP = 6;

/** A broker that refuses a packet closes the connection at once; a loss later than this has other reasons. */
const PROMPT_MS = 5_000;

/**
 * Messages in the order of their calls: waiting ones, then those in flight on the present link. When the link goes,
 * those in flight go back to the front. Knows when a broker throws the connection away because of one message.
 */
export class OutgoingQueue {
  readonly #limits: QueueLimits;
  readonly #waiting = new Fifo<OutgoingMessage>();
  /** In the order of sending. */
  readonly #sent = new TurnoverSet<OutgoingMessage>();
  readonly #refusals = new Backoff({ minMs: 100, maxMs: 10_000 });
  #bytes = 0;
  #link: MqttLink | undefined;
  #brokerLimits = { maxInFlight: Infinity, maxPacketBytes: Infinity };
  #attachedAt = 0;
  #answered = false;
  #pumpPlanned = false;
  #pause: NodeJS.Timeout | undefined;
  /** Called each time the last message has got its end. */
  onEmpty: (() => void) | undefined;

  constructor({ maxInFlight = 1_000, maxQueued = 50_000, maxQueuedBytes = 64 * 2 ** 20 }: Partial<QueueLimits>) {
    this.#limits = { maxInFlight, maxQueued, maxQueuedBytes };
  }

  get queued(): number {
    return this.#waiting.length;
  }

  get inFlight(): number {
    return this.#sent.size;
  }

  get size(): number {
    return this.#waiting.length + this.#sent.size;
  }

  /** @throws TwinError `MQTT_QUEUE_FULL`, retryable */
  add(message: OutgoingMessage): void {
    const { maxQueued, maxQueuedBytes } = this.#limits;
    // One message always finds room, however large.
    if (this.size >= maxQueued || (this.size > 0 && this.#bytes + message.bytes > maxQueuedBytes)) {
      throw new TwinError('MQTT_QUEUE_FULL', `${this.size} messages wait for the MQTT broker: send again later`, {
        retryable: true,
        facts: { messages: this.size, bytes: this.#bytes },
      });
    }
    this.#waiting.push(message);
    this.#bytes += message.bytes;
    this.#planPump();
  }

  /** A connection is there: sends, first what the one before left unacknowledged. */
  attach(link: MqttLink, brokerLimits: { maxInFlight: number; maxPacketBytes: number }): void {
    this.#link = link;
    this.#brokerLimits = brokerLimits;
    this.#attachedAt = performance.now();
    this.#answered = false;
    link.socket.on('drain', () => this.#pump());
    this.#pump();
  }

  /** The connection is gone. */
  detach(): void {
    this.#link = undefined;
    const unanswered = this.#sent.values();
    this.#sent.clear();
    // QoS 0 promises no more than that it was sent.
    for (const message of unanswered) if (message.qos === 0) this.#finish(message);
    const again = unanswered.filter(({ qos }) => qos === 1);
    this.#waiting.unshift(again);
    const [first] = again;
    const prompt = performance.now() - this.#attachedAt < PROMPT_MS;
    if (first && prompt && !this.#answered && ++first.losses >= LOSSES_TO_GIVE_UP) {
      this.#waiting.shift();
      this.#finish(first, droppedTheConnection(first));
    }
  }

  /** Gives every message the same end. */
  rejectAll(error: TwinError): void {
    clearTimeout(this.#pause);
    this.#pause = undefined;
    for (const message of [...this.#sent.values(), ...this.#waiting.clear()]) {
      this.#sent.delete(message);
      this.#finish(message, error);
    }
  }

  /**
   * mqtt.js hands out the acknowledgements of one chunk tick by tick and writes each packet at the end of its tick. A
   * microtask comes after all of these ticks: what they made room for leaves in one write instead of one each.
   */
  #planPump(): void {
    if (this.#pumpPlanned) return;
    this.#pumpPlanned = true;
    queueMicrotask(() => {
      this.#pumpPlanned = false;
      this.#pump();
    });
  }

  #pump(): void {
    // Once more than its buffer's limit is written, the socket says "drain" before it wants the next.
    while (this.#link && !this.#pause && this.#sent.size < this.#window() && !this.#link.socket.writableNeedDrain) {
      const message = this.#waiting.shift();
      if (!message) return;
      const { maxPacketBytes } = this.#brokerLimits;
      if (isExpired(message.expiresMs, Date.now())) this.#finish(message, expiredError(message.expiresMs));
      else if (packetBytes(message) > maxPacketBytes) {
        this.#finish(message, tooLarge(message.topic, packetBytes(message), maxPacketBytes));
      } else {
        this.#sent.add(message);
        this.#send(this.#link, message);
      }
    }
  }

  #window(): number {
    const first = this.#sent.first() ?? this.#waiting.first;
    if (first && first.losses >= LOSSES_TO_GO_ALONE) return 1;
    return Math.min(this.#limits.maxInFlight, this.#brokerLimits.maxInFlight);
  }

  #send(link: MqttLink, message: OutgoingMessage): void {
    const { topic, payload, qos, retain, userProperties } = message;
    const properties = userProperties && { userProperties: userProperties as Record<string, string | string[]> };
    link.client.publish(topic, payload, { qos, retain, ...(properties && { properties }) }, (error) =>
      this.#onAnswer(link, message, error),
    );
  }

  #onAnswer(link: MqttLink, message: OutgoingMessage, error: (Error & { code?: unknown }) | null | undefined): void {
    // An answer of a link that is gone: the message is back in the queue.
    if (link !== this.#link || !this.#sent.has(message)) return;
    // mqtt.js ends its callbacks just before the link ends; `detach` follows.
    if (error && typeof error.code !== 'number') return;
    this.#answered = true;
    this.#sent.delete(message);
    const refusal = error ? publishRefused(message.topic, error.code as number) : undefined;
    if (refusal?.retryable) this.#sendLater(message);
    else this.#finish(message, refusal);
    this.#planPump();
  }

  /** The broker is there but cannot take it now (quota): nothing behind it may pass it meanwhile. */
  #sendLater(message: OutgoingMessage): void {
    this.#waiting.unshift([message]);
    clearTimeout(this.#pause);
    this.#pause = setTimeout(() => {
      this.#pause = undefined;
      this.#pump();
    }, this.#refusals.next());
  }

  #finish(message: OutgoingMessage, error?: TwinError): void {
    this.#bytes -= message.bytes;
    if (error) message.reject(error);
    else {
      this.#refusals.reset();
      message.resolve();
    }
    if (this.size === 0) this.onEmpty?.();
  }
}

const droppedTheConnection = ({ topic, bytes, losses }: OutgoingMessage): TwinError =>
  new TwinError(
    'MQTT_PUBLISH_REFUSED',
    `the MQTT broker closed the connection ${losses} times in a row when a message of ${bytes} bytes for "${topic}" was sent: is it larger than the broker allows?`,
    { facts: { topic, bytes } },
  );
