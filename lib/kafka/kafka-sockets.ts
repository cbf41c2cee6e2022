import { connect as connectTcp, isIP, Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import type { ISocketFactory } from 'kafkajs';
import { TwinError } from '../reading/twin-error';
import { AnswerFrames } from './answer-frames';
import { isLost, lostError } from './lost-brokers';

const KEEP_ALIVE_MS = 60_000;
const TLS_RECORDS = [0x15, 0x16];
const TLS_MAJOR_VERSION = 3;

const ours = new WeakSet<ISocketFactory>();

/** Whether a socket factory was made here, which tells our connections from those of other users of kafkajs. */
export const isOurFactory = (factory: ISocketFactory): boolean => ours.has(factory);

export interface SocketHooks {
  /** Told of each socket error, with the address of its broker, and whether another broker is connected. */
  readonly onError?: (error: Error & { readonly broker: string }, othersAreThere: boolean) => void;
  /** Told when the last open connection has gone without `destroy`. */
  readonly onAllLost?: () => void;
}

/**
 * The sockets of one client. Without delay (a small produce request would wait 40 ms for the acknowledgement of the one
 * before), checked for the protocol of the far end, and closed for good on demand: kafkajs itself waits up to a whole
 * request timeout for pending answers, and a join under way when it is stopped connects again and lives on unseen.
 */
export class KafkaSockets {
  /** With the address of its broker. */
  readonly #open = new Map<Socket, string>();
  readonly #hooks: SocketHooks;
  #destroyed = false;

  constructor(hooks: SocketHooks = {}) {
    this.#hooks = hooks;
    ours.add(this.factory);
  }

  readonly factory: ISocketFactory = ({ host, port, ssl, onConnect }) => {
    if (this.#destroyed) throw new Error('the client was closed');
    const broker = `${host}:${port}`;
    const socket = isLost(broker) ? new Socket().destroy(lostError(broker)) : dial({ host, port }, ssl, onConnect);
    socket.setNoDelay(true);
    socket.setKeepAlive(true, KEEP_ALIVE_MS);
    const frames = new AnswerFrames();
    let first = true;
    socket.on('data', (chunk: Buffer) => {
      if (socket.destroyed) return;
      const isTls = first && looksLikeTls(chunk);
      if (isTls || frames.impossibleSize(chunk) !== undefined) socket.destroy(complaint(broker, isTls, first));
      first = false;
    });
    socket.on('error', (error: Error) => {
      if (!this.#destroyed) this.#hooks.onError?.(Object.assign(error, { broker }), this.#isConnectedBeside(broker));
    });
    socket.once('close', () => {
      this.#open.delete(socket);
      if (this.#open.size === 0 && !this.#destroyed) this.#hooks.onAllLost?.();
    });
    this.#open.set(socket, broker);
    return socket;
  };

  #isConnectedBeside(broker: string): boolean {
    return [...this.#open].some(([socket, its]) => its !== broker && socket.readyState === 'open');
  }

  /** Ends every connection to one broker. */
  drop(broker: string, error: Error): void {
    for (const [socket, its] of this.#open) if (its === broker) socket.destroy(error);
  }

  /** Ends every connection now and allows no other. Requests under way are rejected. */
  destroy(): void {
    this.#destroyed = true;
    for (const socket of this.#open.keys()) socket.destroy(new Error('the client was closed'));
  }
}

type Dialled = Parameters<ISocketFactory>[0];

function dial(address: Pick<Dialled, 'host' | 'port'>, ssl: Dialled['ssl'] | undefined, onConnect: () => void): Socket {
  if (!ssl) return connectTcp(address, onConnect);
  return connectTls({ ...address, ...(isIP(address.host) ? {} : { servername: address.host }), ...ssl }, onConnect);
}

const looksLikeTls = (chunk: Buffer): boolean => TLS_RECORDS.includes(chunk[0] ?? 0) && chunk[1] === TLS_MAJOR_VERSION;

/** Why these bytes cannot come from a Kafka broker. */
function complaint(broker: string, isTls: boolean, first: boolean): TwinError {
  if (isTls) {
    return new TwinError('KAFKA_TLS_MISMATCH', `${broker} speaks TLS: switch TLS on, or use the plain listener's port`);
  }
  if (first) {
    return new TwinError('KAFKA_NOT_KAFKA', `what answers at ${broker} is not a Kafka broker: check host and port`);
  }
  const message = `${broker} sent what no Kafka broker sends: connecting anew`;
  return new TwinError('KAFKA_ANSWER_DAMAGED', message, { retryable: true });
}
