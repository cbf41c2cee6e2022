import { EventEmitter } from 'node:events';
import { Backoff } from '../delivery/backoff';
import type { ConnectionChange, ConnectionState } from '../delivery/connection-state';
import { retryForever } from '../delivery/retry';
import { TwinError } from '../reading/twin-error';
import { ConsumerSession } from './consumer-session';
import { DeliveryWindow } from './delivery-window';
import { GroupAssignment } from './group-assignment';
import { KafkaAdmin } from './kafka-admin';
import { brokerAddresses, type KafkaConnectionOptions } from './kafka-options';
import type { KafkaRecord } from './kafka-record';
import { longestWaitMs } from './longest-wait';
import type { ConsumerMemory, SessionOwner } from './session-options';
import { withinTime } from '../delivery/within-time';

const BACKOFF = { minMs: 200, maxMs: 5_000 };
const DRAIN_MS = 2_000;
const DELETE_GROUP_MS = 1_500;
/** A topic or a group that the broker makes when it is asked for is missing for a moment: not worth a word. */
const QUIET_ATTEMPTS = 3;
const QUIET_CODES = ['KAFKA_TOPIC_UNKNOWN', 'KAFKA_NOT_READY'];

export interface KafkaConsumerOptions {
  readonly connection: KafkaConnectionOptions;
  readonly topics: readonly string[];
  readonly groupId: string;
  /** Where a partition begins for which the group has committed nothing. */
  readonly from: 'latest' | 'earliest';
  /** Most records delivered and not settled (default 1,000). */
  readonly window?: number;
  /**
   * Settled offsets are committed this often, in milliseconds (default 300); `false` for a display, which commits
   * nothing, begins at `from` with every start, and gets every partition whoever else is in the group.
   */
  readonly commitEveryMs?: number | false;
  /** One delivery per record (default), or as many records of a partition as are there. */
  readonly deliver?: 'each' | 'batch';
  /** Removes the group from the cluster on close, if no other member is in it (default false). */
  readonly deleteGroupOnClose?: boolean;
  /** The group gives a silent member's partitions to others after this time, in milliseconds (default 15,000). */
  readonly sessionTimeoutMs?: number;
  /**
   * Without any answer for this long, in milliseconds (default 60,000, at least 10,000), the connection is built anew.
   */
  readonly watchdogMs?: number;
}

/**
 * Records of one partition in rising order, and the function that says they are done with; calling it again is
 * harmless.
 */
export interface KafkaDelivery {
  readonly records: readonly KafkaRecord[];
  readonly settle: () => void;
}

interface ConsumerEvents {
  state: [ConnectionChange];
  /** Records in our partitions that are not settled. */
  lag: [number];
  delivery: [KafkaDelivery];
  /** Records that cannot be decoded (unknown codec, damage); without a listener they are passed over. */
  unreadable: [TwinError, settle: () => void];
  /** Something that the owner should know while all goes on. */
  warning: [TwinError];
}

/**
 * Reads topics as a member of a group. Every record is delivered at least once: what is committed is the contiguous
 * prefix of what was settled, in any order, however late; what is not comes again after a crash. A rebalance or a lost
 * connection keeps what is in flight for the partitions that stay ours; late settles for others count for nothing. The
 * members share partitions evenly, and each keeps those that it has as far as that allows.
 */
export class KafkaConsumer extends EventEmitter<ConsumerEvents> {
  readonly #options: KafkaConsumerOptions;
  readonly #memory: ConsumerMemory;
  readonly #backoff = new Backoff(BACKOFF);
  readonly #abort = new AbortController();
  readonly #tickMs: number;
  #session: ConsumerSession | undefined;
  #running: Promise<void> | undefined;
  #closing: Promise<void> | undefined;
  #tick: NodeJS.Timeout | undefined;
  #state: ConnectionState | undefined;
  #reason: string | undefined;
  #lag: number | undefined;

  /** @throws TwinError `KAFKA_OPTIONS_INVALID` */
  constructor(options: KafkaConsumerOptions) {
    super();
    brokerAddresses(options.connection.brokers);
    if (options.topics.length === 0) throw invalid('no topic is given: enter at least one');
    if (options.groupId === '') throw invalid('no group is given: enter a name');
    const { window: capacity = 1_000, commitEveryMs = 300 } = options;
    const window = new DeliveryWindow(capacity);
    this.#options = options;
    this.#tickMs = commitEveryMs === false ? 300 : commitEveryMs;
    const assignment = new GroupAssignment(window, commitEveryMs !== false);
    this.#memory = { window, assignment, starts: undefined, memberId: undefined };
  }

  /** Joins the group, and waits for a broker or a topic that is not there yet. */
  start(): void {
    if (this.#running || this.#closing) return;
    this.#setState('connecting');
    this.#running = retryForever(() => this.#runSession(), {
      signal: this.#abort.signal,
      backoff: this.#backoff,
      isRetryable: () => true,
      longestWaitMs,
      onRetry: (error, _delayMs, attempt) => {
        const { code } = error as TwinError;
        if (!QUIET_CODES.includes(code) || attempt > QUIET_ATTEMPTS) this.#setState('waiting', error as TwinError);
      },
    }).catch(() => undefined); // Aborted by close.
  }

  /** Waits up to `drainMs`, at most 2 s, for open records, commits, and leaves the group; takes at most about 5 s. */
  close(drainMs = DRAIN_MS): Promise<void> {
    this.#closing ??= this.#close(drainMs);
    return this.#closing;
  }

  async #close(drainMs: number): Promise<void> {
    const session = this.#session;
    await session?.close(drainMs);
    this.#abort.abort();
    await this.#running;
    if (session && this.#options.deleteGroupOnClose) await this.#deleteGroup();
    this.#setState('stopped');
    clearTimeout(this.#tick);
  }

  async #runSession(): Promise<void> {
    const { connection, topics, groupId, from, commitEveryMs, deliver = 'each' } = this.#options;
    const { sessionTimeoutMs = 15_000, watchdogMs = 60_000 } = this.#options;
    const commits = commitEveryMs !== false;
    const options = { connection, topics, groupId, from, commits, deliver, sessionTimeoutMs, watchdogMs };
    this.#session = new ConsumerSession(options, this.#memory, this.#owner);
    await this.#session.run();
  }

  readonly #owner: SessionOwner = {
    joined: () => {
      this.#backoff.reset();
      this.#setState('connected');
      this.#owner.changed();
    },
    alive: () => this.#setState('connected'),
    problem: (error) => this.#setState('waiting', error),
    warning: (error) => {
      // What an outage explains is told by the state.
      if (this.#state === 'connected') this.emit('warning', error);
    },
    deliver: (records, settle) => this.emit('delivery', { records, settle }),
    unreadable: (error, settle) => {
      if (!this.emit('unreadable', error, settle)) settle();
    },
    changed: () => {
      // A late settle must not start a timer that nobody clears.
      if (this.#state !== 'stopped') this.#tick ??= setTimeout(() => void this.#onTick(), this.#tickMs);
    },
  };

  async #onTick(): Promise<void> {
    this.#tick = undefined;
    this.#tellLag();
    await this.#session?.commit();
    if (this.#memory.assignment.due().length > 0 && !this.#closing) this.#owner.changed();
  }

  #tellLag(): void {
    const { lag } = this.#memory.assignment;
    if (lag === this.#lag) return;
    this.#lag = lag;
    this.emit('lag', lag);
  }

  async #deleteGroup(): Promise<void> {
    const admin = new KafkaAdmin(this.#options.connection);
    await withinTime(admin.deleteGroup(this.#options.groupId), DELETE_GROUP_MS);
    await admin.close();
  }

  #setState(state: ConnectionState, error?: TwinError): void {
    const reason = error && `${error.code} ${error.message}`;
    if (this.#state === 'stopped' || (state === this.#state && reason === this.#reason)) return;
    this.#state = state;
    this.#reason = reason;
    this.emit('state', error ? { state, error } : { state });
  }
}

const invalid = (message: string): TwinError => new TwinError('KAFKA_OPTIONS_INVALID', message);
