/**
 * PUBACK, MQTT 3.1.1 and 5 (section 3.4): type, remaining length 2, packet identifier; in 5 the reason is left out for
 * success.
 */
const pubackOf = (messageId: number): number[] => [0x40, 0x02, messageId >> 8, messageId & 0xff];

/** A QoS 1 message that we have and have not acknowledged. */
export interface HeldMessage {
  readonly messageId: number;
  readonly topic: string;
  readonly payload: Buffer;
  settled: boolean;
}

/**
 * Which QoS 1 messages are held, and when to acknowledge them: in the order of their receipt, each only after it and
 * all before it are settled.
 *
 * A held message survives the loss of its connection as an orphan. A broker that kept the session sends it again under
 * the same identifier, which it cannot have used for another one, as we never acknowledged it: the repeat then takes
 * the orphan's place, and nobody sees the message twice. What was acknowledged is forgotten at once, as its identifier
 * may come again with another message.
 */
export class PubackLedger {
  #held: HeldMessage[] = [];
  #orphans = new Map<number, HeldMessage>();
  #write: ((bytes: Buffer) => void) | undefined;
  #planned = false;
  /** Called when acknowledgements have made room. */
  onRelease: (() => void) | undefined;

  /** Messages of the present connection that are not acknowledged. */
  get held(): number {
    return this.#held.length;
  }

  /** Messages that nobody has settled yet, of this connection or one before. */
  get unsettled(): number {
    const open = ({ settled }: HeldMessage) => !settled;
    return this.#held.filter(open).length + [...this.#orphans.values()].filter(open).length;
  }

  /** A connection begins; without a kept session the broker will not send anything again. */
  begin(write: (bytes: Buffer) => void, sessionPresent: boolean): void {
    this.#write = write;
    if (!sessionPresent) this.#orphans.clear();
  }

  /** The connection is gone. Nothing may be acknowledged before the broker has sent it again. */
  lose(): void {
    this.#write = undefined;
    for (const message of this.#held) this.#orphans.set(message.messageId, message);
    this.#held = [];
  }

  /** Takes the repeat of an orphan, so that it is not delivered again; false when the message is news. */
  adopt({ messageId, topic, payload }: Omit<HeldMessage, 'settled'>): boolean {
    const orphan = this.#orphans.get(messageId);
    // A broker that restarted from an older state may use the identifier for something else.
    if (!orphan || orphan.topic !== topic || !orphan.payload.equals(payload)) return false;
    this.#orphans.delete(messageId);
    this.#held.push(orphan);
    this.#planRelease();
    return true;
  }

  /** Takes a new message; what is returned is to be settled. */
  hold({ messageId, topic, payload }: Omit<HeldMessage, 'settled'>): HeldMessage {
    const held = { messageId, topic, payload, settled: false };
    this.#held.push(held);
    return held;
  }

  settle(message: HeldMessage): void {
    message.settled = true;
    if (this.#held[0] === message) this.#planRelease();
  }

  /**
   * Writes at once what may be acknowledged; otherwise this happens once the event loop has seen to what has arrived,
   * for many in one go.
   */
  release(): void {
    if (!this.#write) return;
    let count = 0;
    while (this.#held[count]?.settled) count++;
    if (count === 0) return;
    this.#write(Buffer.from(this.#held.splice(0, count).flatMap(({ messageId }) => pubackOf(messageId))));
    this.onRelease?.();
  }

  #planRelease(): void {
    if (this.#planned) return;
    this.#planned = true;
    // In the turn after the next: what Node-RED hands on in that one is waited for, an acknowledgement is not.
    setImmediate(() =>
      setImmediate(() => {
        this.#planned = false;
        this.release();
      }),
    );
  }
}
