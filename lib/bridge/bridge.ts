import { EventEmitter } from 'node:events';
import type { ConnectionChange } from '../delivery/connection-state';
import { messageOf, TwinError } from '../reading/twin-error';
import { LoopGuard, type TrailHeaders } from './loop-guard';

export type BridgeSide = 'mqtt' | 'kafka';

/** A message that the other side has accepted. */
export interface BridgedMessage {
  /** Topic that it came by. */
  readonly from: string;
  /** Topic that it went to. */
  readonly to: string;
  /** As it went, with the stamp. */
  readonly payload: Buffer;
  /** Where Kafka has it: of the record written (MQTT to Kafka) or read (Kafka to MQTT). */
  readonly partition: number;
  readonly offset: string;
}

/** A message that was given up and will not come again. */
export interface RejectedMessage {
  readonly topic: string;
  /** As it came; null is a Kafka record without a value. */
  readonly payload: Buffer | null;
  readonly error: TwinError;
  /** The dead-letter topic that accepted it, if any. */
  readonly deadLetterTopic?: string;
}

export interface BridgeEvents {
  bridged: [BridgedMessage];
  rejected: [RejectedMessage];
  /** Something that the owner should know while all goes on. */
  warning: [TwinError];
  /** One side connects, waits (with the reason) or has stopped. */
  state: [BridgeSide, ConnectionChange];
}

/** Messages since the bridge was made. */
export interface BridgeCounts {
  received: number;
  bridged: number;
  rejected: number;
  /** Left alone by the loop guard. */
  looped: number;
}

/** What both directions share of their options. */
export interface BridgeOptions {
  /** Key of the stamp that is added, epoch milliseconds of the arrival; null adds none. Default `Bridge_Timestamp`. */
  readonly stampKey?: string | null;
  /** Messages under way at most (default 1,000). */
  readonly window?: number;
  /** Copies Kafka headers to MQTT 5 user properties, or back. Default false. */
  readonly headers?: boolean;
  /** Name that this bridge shares with the one of the opposite direction; needs MQTT 5. Default: no guard. */
  readonly loopGuard?: string;
  /** Topic on the receiving side for messages that are given up, as they came. Default: none. */
  readonly deadLetterTopic?: string;
}

/** Closing both sides may take 2 s more, and a deploy waits for all of it. */
const DRAIN_MS = 3_500;

/**
 * The course of a message over a bridge, whatever the direction: it is settled with the side that it came from only
 * when the other side has accepted it, or when it was given up as one that never will pass.
 */
export abstract class Bridge<M extends { readonly topic: string }> extends EventEmitter<BridgeEvents> {
  readonly counts: BridgeCounts = { received: 0, bridged: 0, rejected: 0, looped: 0 };
  readonly #guard: LoopGuard | undefined;
  readonly #deadLetterTopic: string | undefined;
  #closing: Promise<void> | undefined;

  protected constructor({ loopGuard, headers, deadLetterTopic }: BridgeOptions, protocolVersion: 4 | 5 | undefined) {
    super();
    if ((loopGuard !== undefined || headers) && protocolVersion !== 5) {
      throw new TwinError('BRIDGE_OPTIONS', 'headers and the loop guard need MQTT 5: choose that protocol version');
    }
    this.#guard = loopGuard === undefined ? undefined : new LoopGuard(loopGuard);
    this.#deadLetterTopic = deadLetterTopic;
  }

  /** Connects both sides, and goes on trying until closed. */
  abstract start(): void;

  /**
   * Takes nothing more, waits up to `drainMs` for what is under way and closes both sides. What is not settled then
   * comes again to the next session. Idempotent.
   */
  close(drainMs = DRAIN_MS): Promise<void> {
    this.#closing ??= this.drainAndClose(drainMs);
    return this.#closing;
  }

  protected abstract drainAndClose(drainMs: number): Promise<void>;

  /** Hands a message to the other side; rejects when it cannot pass. `trail` goes with it as the origin header. */
  protected abstract pass(message: M, trail: string | undefined): Promise<BridgedMessage>;

  protected abstract payloadOf(message: M): Buffer | null;

  /** Kafka's headers or the user properties of MQTT 5. */
  protected abstract headersOf(message: M): TrailHeaders;

  /** Names a message in errors: where it came from. */
  protected abstract nameOf(message: M): string;

  /** Hands a message that was given up to the dead-letter topic, as it came. */
  protected abstract bury(message: M, topic: string, error: TwinError): Promise<void>;

  /** Sees a message through to its end; `settle` is called once, unless the bridge is closed first. */
  protected take(message: M, settle: () => void): void {
    this.counts.received += 1;
    const trail = this.#guard?.follow(this.headersOf(message));
    if (this.#guard && trail === undefined) {
      this.counts.looped += 1;
      settle();
      return;
    }
    void this.pass(message, trail).then(
      (bridged) => {
        settle();
        this.counts.bridged += 1;
        this.emit('bridged', bridged);
      },
      (thrown: unknown) => this.#giveUp(message, asTwinError(thrown), settle),
    );
  }

  /** Records that the Kafka client cannot decode: there are no bytes to pass on, only the reason. */
  protected takeUnreadable(topic: string, error: TwinError, settle: () => void): void {
    this.counts.received += 1;
    this.#reject({ topic, payload: null, error }, settle);
  }

  async #giveUp(message: M, reason: TwinError, settle: () => void): Promise<void> {
    if (this.#comesAgain(reason)) return;
    // The codec does not know whose bytes it read.
    const error = reason.code.startsWith('READING_')
      ? new TwinError(reason.code, `${this.nameOf(message)}: ${reason.message}`, { cause: reason })
      : reason;
    const rejected = { topic: message.topic, payload: this.payloadOf(message), error };
    const deadLetterTopic = this.#deadLetterTopic;
    if (deadLetterTopic === undefined) return this.#reject(rejected, settle);
    try {
      await this.bury(message, deadLetterTopic, error);
    } catch (thrown) {
      if (this.#comesAgain(asTwinError(thrown))) return;
      const text = `${error.message}; the dead-letter topic "${deadLetterTopic}" did not take it: ${messageOf(thrown)}`;
      return this.#reject({ ...rejected, error: new TwinError(error.code, text, { cause: error }) }, settle);
    }
    this.#reject({ ...rejected, deadLetterTopic }, settle);
  }

  #reject(rejected: RejectedMessage, settle: () => void): void {
    settle();
    this.counts.rejected += 1;
    this.emit('rejected', rejected);
  }

  /** Cut off by our own end: the side that it came from still has it. */
  #comesAgain(error: TwinError): boolean {
    return this.#closing !== undefined && error.retryable;
  }
}

const asTwinError = (thrown: unknown): TwinError =>
  thrown instanceof TwinError ? thrown : new TwinError('BRIDGE_FAILED', messageOf(thrown), { cause: thrown });
