import type { ISocketFactory } from 'kafkajs';
import { type ConnectionInstance, ConnectionClosedError } from './kafkajs-internals';
import { countAsFound, countAsLost, isLost, lostError } from './lost-brokers';

/** Without an answer for this long, in milliseconds, the others are asked whether a broker is still one of them. */
const SILENT_MS = 4_000;
const LOOK_MS = 1_000;
/** The longest pause between two questions, in milliseconds. */
const ASK_MS = 4_000;
/** Others that are asked at a time. */
const MOST_ASKED = 3;
const watches = new WeakMap<ISocketFactory, BrokerWatch>();

/** The watch over the connections that a socket factory makes, if they are watched. */
export const brokerWatchOf = (factory: ISocketFactory): BrokerWatch | undefined => watches.get(factory);

export interface BrokerWatchOptions {
  /** Bootstrap addresses. */
  readonly brokers: readonly string[];
  /** The brokers that the first of `others` to answer counts as members of the cluster, as `host:port`. */
  readonly membersBy: (others: readonly string[]) => Promise<readonly string[]>;
  /** Ends every connection to a broker. */
  readonly drop: (address: string, error: Error) => void;
}

interface Address {
  readonly host: string;
  readonly port: number;
}

interface MetadataAnswer {
  readonly brokers: readonly Address[];
}

/**
 * Finds brokers that hang while their cluster goes on without them. Such a broker accepts connections and never
 * answers; its partitions and groups have long gone to others, but a client that waits for the end of its request
 * timeout stands still with all that it does. (The timeout cannot be shorter: a broker that is merely slow would get
 * everything twice.) So a broker that owes an answer is asked about: when the others no longer count it among them, it
 * cannot acknowledge any more, and what waits for it is told that the connection was closed, as if it had been killed.
 */
export class BrokerWatch {
  readonly #options: BrokerWatchOptions;
  /** Those over which something was asked, until they are gone. */
  readonly #connections = new Set<ConnectionInstance>();
  /** As the last answer has named them. */
  #members: readonly string[] = [];
  #timer: NodeJS.Timeout | undefined;
  readonly #everMembers = new Set<string>();
  #asking = false;
  #asked = 0;
  #pauseMs = LOOK_MS;
  #nextMs = 0;
  #closed = false;

  constructor(factory: ISocketFactory, options: BrokerWatchOptions) {
    this.#options = options;
    watches.set(factory, this);
  }

  /** To be told of the connection of each request, as it is sent. */
  follow(connection: ConnectionInstance): void {
    if (this.#closed) return;
    this.#connections.add(connection);
    this.#timer ??= setInterval(() => void this.#look(), LOOK_MS).unref();
  }

  /** To be given each answer to a question for metadata. */
  learnFrom(metadata: Promise<unknown>): void {
    if (this.#closed) return;
    metadata.then(
      (answered) => this.#learn((answered as MetadataAnswer).brokers.map(addressOf)),
      () => undefined, // Told to whoever asked.
    );
  }

  #learn(members: readonly string[]): void {
    this.#members = members;
    // One that has come back serves at once.
    for (const address of members) {
      countAsFound(address);
      this.#everMembers.add(address);
    }
  }

  close(): void {
    this.#closed = true;
    clearInterval(this.#timer);
    this.#connections.clear();
  }

  async #look(): Promise<void> {
    const silent = this.#silentSince();
    if (silent.size === 0) [this.#pauseMs, this.#nextMs] = [LOOK_MS, 0];
    if (silent.size === 0 || this.#asking || Date.now() < this.#nextMs) return;
    const known = [...new Set([...this.#options.brokers, ...this.#members])];
    const others = known.filter((address) => !silent.has(address) && !isLost(address));
    if (others.length === 0) return;
    this.#asking = true;
    try {
      // Not always the same ones: among them may be another that hangs.
      const first = this.#asked++ % others.length;
      const members = await this.#options.membersBy(
        [...others.slice(first), ...others.slice(0, first)].slice(0, MOST_ASKED),
      );
      if (members.length === 0 || this.#closed) return;
      for (const [address, sinceMs] of silent) {
        // Another name of a member (a load balancer, a bootstrap name) is in no list, and may just be slow.
        const patienceMs = this.#everMembers.has(address) ? SILENT_MS : 2 * SILENT_MS;
        if (!members.includes(address) && Date.now() - sinceMs >= patienceMs) this.#giveUp(address);
      }
    } catch {
      // Nobody can tell now; it is asked again as long as answers are missing.
    } finally {
      this.#asking = false;
      this.#nextMs = Date.now() + this.#pauseMs;
      this.#pauseMs = Math.min(2 * this.#pauseMs, ASK_MS);
    }
  }

  /** Since when each broker that owes an answer for long has done so, in epoch milliseconds. */
  #silentSince(): Map<string, number> {
    const silent = new Map<string, number>();
    for (const connection of this.#connections) {
      let sinceMs = Infinity;
      connection.requestQueue.inflight.forEach(({ createdAt }) => (sinceMs = Math.min(sinceMs, createdAt)));
      // What is sent may still wait to be written: for a quota, or while it is compressed.
      if (sinceMs === Infinity && !connection.isConnected()) this.#connections.delete(connection);
      const address = addressOf(connection);
      if (Date.now() - sinceMs > SILENT_MS) silent.set(address, Math.min(sinceMs, silent.get(address) ?? sinceMs));
    }
    return silent;
  }

  #giveUp(address: string): void {
    countAsLost(address);
    for (const connection of this.#connections) {
      if (addressOf(connection) === address) connection.rejectRequests(closedBy(connection));
    }
    this.#options.drop(address, lostError(address));
  }
}

const addressOf = ({ host, port }: Address): string => `${host}:${port}`;

/** By its class kafkajs takes the broker out of its pool and asks the others for the new leaders. */
function closedBy(connection: ConnectionInstance): Error {
  const { code, message } = lostError(addressOf(connection));
  return Object.assign(new ConnectionClosedError(message, connection), { code });
}
