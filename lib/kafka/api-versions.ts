import type { ISocketFactory } from 'kafkajs';
import { TwinError } from '../reading/twin-error';
import { beginFrame, endFrame } from './wire/request-frame';

/** Lowest and highest version that a broker serves of each kind of request. */
export type ApiVersions = ReadonlyMap<number, { readonly min: number; readonly max: number }>;

const API_VERSIONS = 18;
const FETCH = 1;
const CORRELATION_ID = 1;
const CLIENT_ID = 'digital-twin-probe';
/** Size, correlation id, error code, count. */
const HEADER_BYTES = 14;
const ENTRY_BYTES = 6;

/**
 * Asks a broker what it speaks, before any login. Request and response are version 0, which every broker answers:
 *   request  size int32, key int16, version int16, correlation id int32, client id string
 *   response size int32, correlation id int32, error int16, [key int16, min int16, max int16]
 *
 * @throws the socket's error, or TwinError `KAFKA_CONNECTION_CLOSED`, `KAFKA_TIMEOUT`
 */
export function askApiVersions(
  factory: ISocketFactory,
  { host, port, ssl }: Pick<Parameters<ISocketFactory>[0], 'host' | 'port' | 'ssl'>,
  timeoutMs: number,
): Promise<ApiVersions> {
  return new Promise((resolve, reject) => {
    const broker = `${host}:${port}`;
    const socket = factory({ host, port, ssl, onConnect: () => socket.write(request()) });
    const timer = setTimeout(() => {
      const message = `what is at ${broker} does not answer like a Kafka broker: check host and port`;
      socket.destroy(new TwinError('KAFKA_TIMEOUT', message, { retryable: true }));
    }, timeoutMs);
    let received = Buffer.alloc(0);
    socket.on('data', (chunk: Buffer) => {
      received = Buffer.concat([received, chunk]);
      if (received.length < HEADER_BYTES || received.length < 4 + received.readInt32BE(0)) return;
      resolve(versions(received));
      socket.destroy();
    });
    socket.once('error', (error) => reject(Object.assign(error, { broker })));
    socket.once('close', () => {
      clearTimeout(timer);
      const message = `${broker} closed the connection: it wants TLS, or is no Kafka broker`;
      reject(new TwinError('KAFKA_CONNECTION_CLOSED', message, { retryable: true }));
    });
  });
}

const request = (): Buffer =>
  endFrame(beginFrame({ apiKey: API_VERSIONS, apiVersion: 0, correlationId: CORRELATION_ID, clientId: CLIENT_ID }));

function versions(response: Buffer): ApiVersions {
  const found = new Map<number, { min: number; max: number }>();
  const count = response.readInt32BE(10);
  for (let at = HEADER_BYTES; found.size < count && at + ENTRY_BYTES <= response.length; at += ENTRY_BYTES) {
    found.set(response.readInt16BE(at), { min: response.readInt16BE(at + 2), max: response.readInt16BE(at + 4) });
  }
  return found;
}

/** The first release of each highest version of the fetch request (its schema in Kafka's sources), newest first. */
const RELEASES: readonly (readonly [fetch: number, release: string])[] = [
  [18, '4.1 or later'],
  [17, '3.9 or 4.0'],
  [16, '3.7 or 3.8'],
  [15, '3.5 or 3.6'],
  [13, '3.1 to 3.4'],
  [12, '2.7 to 3.0'],
  [11, '2.3 to 2.6'],
];

/** Which Kafka speaks so, as far as the protocol tells; other brokers with the same protocol answer the same. */
export function releaseOf(apiVersions: ApiVersions): string {
  const fetch = apiVersions.get(FETCH)?.max ?? 0;
  return RELEASES.find(([version]) => fetch >= version)?.[1] ?? 'before 2.3';
}
