import type { Consumer } from 'kafkajs';
import { TwinError } from '../reading/twin-error';
import { BatchDelivery } from './batch-delivery';
import { createGroupMember, SESSION_RETRY } from './group-member';
import type { MemberAssignment, PartitionPosition } from './group-assignment';
import { createKafkaClient, type KafkaClient } from './kafka-client';
import { kafkaError } from './kafka-error';
import { OffsetCommitter, type SendOffsets } from './offset-committer';
import type { ConsumerMemory, SessionOptions, SessionOwner } from './session-options';
import { startPositions } from './start-positions';
import { withinTime } from '../delivery/within-time';

const PARTITIONS_AT_ONCE = 8;
/** Without an answer for this long, in milliseconds, the state says so; an idle fetch is answered twice a second. */
const SILENCE_MS = 10_000;
const WATCH_MS = 2_000;
/** How long each step of a goodbye may take, in milliseconds, before the sockets are closed. */
const JOIN_PATIENCE_MS = 2_000;
const COMMIT_PATIENCE_MS = 1_500;
const LEAVE_PATIENCE_MS = 2_000;
/** How long the whole goodbye may take, in milliseconds: a deploy waits for it. Of that, what the last step is left. */
const GOODBYE_MS = 4_500;
const LEAVE_RESERVE_MS = 1_000;
/** One life of a kafkajs consumer: from connecting to a crash, a silent hang, or the goodbye. */
export class ConsumerSession {
  readonly #options: SessionOptions;
  readonly #memory: ConsumerMemory;
  readonly #owner: SessionOwner;
  readonly #client: KafkaClient;
  readonly #consumer: Consumer;
  readonly #committer: OffsetCommitter;
  #sendOffsets: SendOffsets;
  #lastNewsMs = Date.now();
  #joinBegun = false;
  #joined = false;
  #isOver = false;
  /** When the goodbye must be over, in epoch milliseconds. */
  #goodbyeEndMs = Infinity;
  #end: (error?: unknown) => void = () => undefined;
  #onJoin: () => void = () => undefined;

  constructor(options: SessionOptions, memory: ConsumerMemory, owner: SessionOwner) {
    this.#options = options;
    this.#memory = memory;
    this.#owner = owner;
    this.#client = createKafkaClient(options.connection, {
      retry: SESSION_RETRY,
      onProblem: (error, othersAreThere) => this.#onProblem(error, othersAreThere),
      onLog: (message, facts) => this.#onLog(message, facts),
    });
    this.#consumer = createGroupMember(this.#client, options, memory);
    this.#committer = new OffsetCommitter(memory.assignment, (thrown) => {
      if (this.#joined) owner.warning(this.#toError(thrown));
    });
    // Until the first batch brings a way that does not retry under another generation.
    this.#sendOffsets = ({ topics }) =>
      this.#consumer.commitOffsets(
        topics.flatMap(({ topic, partitions }) => partitions.map((position) => ({ topic, ...position }))),
      );
    this.#listen();
  }

  /** Runs until `close` (then resolves) or until something ends it (rejects with a TwinError). */
  async run(): Promise<void> {
    const watchdog = setInterval(() => this.#watch(), WATCH_MS);
    const ended = new Promise<void>((resolve, reject) => {
      this.#end = (error) => {
        if (error === undefined) resolve();
        else reject(this.#toError(error));
      };
    });
    try {
      await Promise.race([ended, this.#begin()]);
      await ended;
    } catch (thrown) {
      if (!this.#isOver) throw this.#toError(thrown);
    } finally {
      clearInterval(watchdog);
      this.#joined = false;
      this.#isOver = true;
      this.#memory.window.wake();
      await withinTime(this.#consumer.disconnect(), this.#patience(LEAVE_PATIENCE_MS, 0));
      this.#client.destroy();
    }
  }

  /** Commits what is settled and due. */
  commit(): Promise<void> {
    return this.#joined ? this.#committer.commit(this.#sendOffsets) : Promise.resolve();
  }

  /** Takes no more records, waits up to `drainMs` for the open ones, commits, and leaves the group. */
  async close(drainMs: number): Promise<void> {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#goodbyeEndMs = Date.now() + GOODBYE_MS;
    this.#memory.window.wake();
    if (this.#joinBegun && !this.#joined) {
      // A member that goes while it joins is missed by the group only after the session timeout.
      await withinTime(new Promise<void>((resolve) => (this.#onJoin = resolve)), this.#patience(JOIN_PATIENCE_MS));
    }
    if (this.#joined) await this.#drain(this.#patience(drainMs, LEAVE_RESERVE_MS + COMMIT_PATIENCE_MS));
    this.#end();
  }

  /** So long, or what the goodbye has left for it. */
  #patience(ms: number, reserveMs = LEAVE_RESERVE_MS): number {
    return Math.max(0, Math.min(ms, this.#goodbyeEndMs - reserveMs - Date.now()));
  }

  async #drain(drainMs: number): Promise<void> {
    const { window } = this.#memory;
    try {
      // Else the fetch loop would fetch again and again what is no longer delivered.
      this.#consumer.pause(this.#options.topics.map((topic) => ({ topic })));
    } catch {
      return; // It has crashed and not said so yet: nothing can be committed any more.
    }
    const drainedAt = Date.now() + drainMs;
    for (let left = drainMs; window.used > 0 && left > 0 && this.#joined; left = drainedAt - Date.now()) {
      await window.changed(left);
    }
    // Twice: one that is under way may have begun before the last settle.
    await withinTime(
      this.commit().then(() => this.commit()),
      this.#patience(COMMIT_PATIENCE_MS),
    );
  }

  async #begin(): Promise<void> {
    const { topics, deliver } = this.#options;
    const { window, assignment } = this.#memory;
    await this.#consumer.connect();
    await this.#consumer.subscribe({ topics: [...topics], fromBeginning: true });
    this.#memory.starts ??= await this.#findStarts();
    if (this.#isOver) return;
    const delivery = new BatchDelivery({
      window,
      assignment,
      deliver,
      isOver: () => this.#isOver,
      target: this.#owner,
    });
    this.#joinBegun = true;
    await this.#consumer.run({
      autoCommit: false,
      eachBatchAutoResolve: false,
      partitionsConsumedConcurrently: PARTITIONS_AT_ONCE,
      eachBatch: (payload) => {
        this.#sendOffsets = (offsets) => payload.commitOffsetsIfNecessary(offsets);
        return delivery.handle(payload);
      },
    });
  }

  async #findStarts(): Promise<readonly PartitionPosition[]> {
    const { topics, groupId, from, commits } = this.#options;
    if (commits && from === 'earliest') return [];
    const admin = this.#client.kafka.admin({ retry: SESSION_RETRY });
    try {
      await admin.connect();
      return await startPositions(admin, topics, commits ? groupId : undefined, from);
    } finally {
      await withinTime(admin.disconnect(), LEAVE_PATIENCE_MS);
    }
  }

  #listen(): void {
    const { GROUP_JOIN, REBALANCING, COMMIT_OFFSETS, REQUEST, CRASH } = this.#consumer.events;
    this.#consumer.on(COMMIT_OFFSETS, () => this.#committer.confirm());
    this.#consumer.on(GROUP_JOIN, ({ payload }) => this.#onGroupJoin(payload));
    this.#consumer.on(REBALANCING, () => {
      // The last moment at which the old generation may commit.
      void this.commit();
      this.#joined = false;
    });
    this.#consumer.on(REQUEST, ({ payload: { apiName } }) => {
      this.#lastNewsMs = Date.now();
      if (this.#joined && (apiName === 'Fetch' || apiName === 'Heartbeat')) this.#owner.alive();
    });
    this.#consumer.on(CRASH, ({ payload }) => {
      this.#joined = false;
      this.#end(payload.error);
    });
  }

  #onGroupJoin({ memberId, memberAssignment }: { memberId: string; memberAssignment: MemberAssignment }): void {
    const positions = this.#memory.assignment.join(memberAssignment, this.#memory.starts ?? []);
    this.#memory.starts = [];
    this.#memory.memberId = memberId;
    for (const { topic, partition, offset } of positions) {
      this.#consumer.seek({ topic, partition, offset: String(offset) });
    }
    this.#joined = true;
    this.#onJoin();
    if (!this.#isOver) this.#owner.joined();
  }

  /** Finds a hang that ends in no error: a fetch loop that stopped, a broker that accepts and never answers. */
  #watch(): void {
    const silentMs = Date.now() - this.#lastNewsMs;
    if (this.#isOver || silentMs < SILENCE_MS) return;
    const silent = (what: string) => {
      const message = `no answer from ${this.#client.brokers.join(', ')} for ${Math.round(silentMs / 1_000)} s: ${what}`;
      return new TwinError('KAFKA_SILENT', message, { retryable: true });
    };
    if (silentMs > this.#options.watchdogMs) {
      this.#joined = false;
      this.#end(silent('connecting anew'));
      this.#client.destroy();
    } else if (this.#joined) {
      this.#owner.problem(silent('waiting'));
    }
  }

  #onProblem(error: TwinError, othersAreThere: boolean): void {
    // A failure that is told, and tried again, is no silence.
    this.#lastNewsMs = Date.now();
    // One broker of several: what it led soon comes from another, or the session ends.
    if (!this.#joined || !othersAreThere) this.#owner.problem(error);
  }

  #onLog(message: string, { topic, partition }: Readonly<Record<string, unknown>>): void {
    if (!message.startsWith('Offset out of range')) return;
    this.#owner.warning(
      new TwinError(
        'KAFKA_OFFSET_OUT_OF_RANGE',
        `topic "${String(topic)}", partition ${String(partition)}: the server no longer has the records that come next (retention, or a topic made anew); reading goes on at its first one`,
        { facts: { topic: String(topic), partition: Number(partition) } },
      ),
    );
  }

  #toError(thrown: unknown): TwinError {
    const { groupId, topics } = this.#options;
    const [topic] = topics;
    return kafkaError(thrown, {
      brokers: this.#client.brokers,
      groupId,
      ...(topics.length === 1 && topic !== undefined ? { topic } : {}),
    });
  }
}
