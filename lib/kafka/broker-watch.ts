import type { ISocketFactory } from 'kafkajs';
import { type ConnectionInstance, ConnectionClosedError } from './kafkajs-internals';
import { countAsFound, countAsLost, isLost, lostError } from './lost-brokers';

/** Without an answer for this long, in milliseconds, the others are asked whether a broker is still one of them. */
const SILENT_MS = 4_000;
const LOOK_MS = 1_000;
const watches = new WeakMap<ISocketFactory, BrokerWatch>();

/** The watch over the connections that a socket factory makes, if they are watched. */
export const brokerWatchOf = (factory: ISocketFactory): BrokerWatch | undefined => watches.get(factory);

export interface BrokerWatchOptions {
  /** Bootstrap addresses. */
  readonly brokers: readonly string[];
  /** The brokers that one of `others` counts as members of the cluster, as `host:port`. */
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

interface OpenRequest {
  readonly connection: ConnectionInstance;
  readonly sinceMs: number;
}

/**
 * Finds brokers that hang while their cluster goes on without them. Such a broker accepts connections and never answers;
 * its partitions and groups have long gone to others, but a client that waits for the end of its request timeout stands
 * still with all that it does. (The timeout cannot be shorter: a broker that is merely slow would get everything twice.)
 * So a broker that owes an answer is asked about: when the others no longer count it among them, it cannot acknowledge
 * any more, and what waits for it is told that the connection was closed, as if it had been killed.
 */
export class BrokerWatch {
  readonly #options: BrokerWatchOptions;
  readonly #open = new Set<OpenRequest>();
  /** As the last answer has named them. */
  #members: readonly string[] = [];
  #timer: NodeJS.Timeout | undefined;
  #asking = false;
  #closed = false;

  constructor(factory: ISocketFactory, options: BrokerWatchOptions) {
    this.#options = options;
    watches.set(factory, this);
  }

  /** Follows a request until it is answered or has failed. */
  follow(connection: ConnectionInstance, apiName: string, answer: Promise<unknown>): Promise<unknown> {
    if (this.#closed) return answer;
    const request = { connection, sinceMs: Date.now() };
    this.#open.add(request);
    this.#timer ??= setInterval(() => void this.#look(), LOOK_MS).unref();
    const over = (): void => void this.#open.delete(request);
    answer.then((answered) => {
      over();
      if (apiName === 'Metadata') this.#learn((answered as MetadataAnswer).brokers.map(addressOf));
    }, over);
    return answer;
  }

  #learn(members: readonly string[]): void {
    this.#members = members;
    // One that has come back serves at once.
    for (const address of members) countAsFound(address);
  }

  close(): void {
    this.#closed = true;
    clearInterval(this.#timer);
    this.#open.clear();
  }

  async #look(): Promise<void> {
    if (this.#asking) return;
    const silentSinceMs = Date.now() - SILENT_MS;
    const open = [...this.#open].filter(({ sinceMs }) => sinceMs < silentSinceMs);
    if (open.length === 0) return;
    const silent = new Set(open.map(({ connection }) => addressOf(connection)));
    const known = [...new Set([...this.#options.brokers, ...this.#members])];
    const others = known.filter((address) => !silent.has(address) && !isLost(address));
    if (others.length === 0) return;
    this.#asking = true;
    try {
      const members = await this.#options.membersBy(others);
      if (members.length === 0 || this.#closed) return;
      for (const address of silent) if (!members.includes(address)) this.#giveUp(address);
    } catch {
      // Nobody can tell now; it is asked again as long as answers are missing.
    } finally {
      this.#asking = false;
    }
  }

  #giveUp(address: string): void {
    countAsLost(address);
    const connections = new Set([...this.#open].map(({ connection }) => connection));
    for (const connection of connections) {
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
