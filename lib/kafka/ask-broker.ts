import { brokerWatchOf } from './broker-watch';
import type { BrokerInstance, ConnectionInstance } from './kafkajs-internals';
import { ByteWriter } from './wire/byte-writer';

/** One request in one version of the protocol. */
export interface BrokerRequest<A extends ThrottledAnswer> {
  readonly apiKey: number;
  readonly apiName: string;
  readonly apiVersion: number;
  /** Beyond the usual time, in milliseconds. */
  readonly timeoutMs?: number;
  /** About what the body takes. */
  readonly expectedBytes: number;
  readonly encode: (writer: ByteWriter) => Promise<void> | void;
  readonly decode: (payload: Buffer) => Promise<A> | A;
}

export interface ThrottledAnswer {
  /** How long the broker wants to be left in peace, in milliseconds (KIP-219). */
  readonly clientSideThrottleTime: number;
}

interface RawAnswer {
  readonly payload: Buffer;
}

const HEADER_BYTES = 64;

/** Sends a request over a connection of kafkajs, which keeps the order, the time limit and the quota. */
export async function ask<A extends ThrottledAnswer>(broker: BrokerInstance, request: BrokerRequest<A>): Promise<A> {
  try {
    const connection = await broker.connectionPool.getConnectionByRequest({ request });
    if (connection.sasl && !connection.isAuthenticated()) await connection.authenticate();
    const correlationId = connection.nextCorrelationId();
    const frame = await framed(request, correlationId, connection.clientId);
    brokerWatchOf(connection.socketFactory)?.follow(connection);
    const { payload } = await send(connection, request, correlationId, frame);
    const answer = await request.decode(payload);
    connection.requestQueue.maybeThrottle(answer.clientSideThrottleTime);
    return answer;
  } catch (thrown) {
    if ((thrown as Error).name === 'KafkaJSConnectionClosedError') await broker.disconnect();
    throw thrown;
  }
}

/**
 * A request with its header, version 1 (big-endian): size int32 (of all that follows), API key int16, API version int16,
 * correlation id int32, client id string
 */
async function framed<A extends ThrottledAnswer>(
  { apiKey, apiVersion, expectedBytes, encode }: BrokerRequest<A>,
  correlationId: number,
  clientId: string,
): Promise<Buffer> {
  const writer = new ByteWriter(HEADER_BYTES + clientId.length + expectedBytes);
  writer.int32(0);
  const start = writer.length;
  writer.int16(apiKey).int16(apiVersion).int32(correlationId).string(clientId);
  // Few are compressed, and a promise for each of the others is not for nothing.
  const encoding = encode(writer);
  if (encoding) await encoding;
  writer.setInt32(0, writer.length - start);
  return writer.written;
}

const send = <A extends ThrottledAnswer>(
  connection: ConnectionInstance,
  { apiKey, apiName, apiVersion, timeoutMs }: BrokerRequest<A>,
  correlationId: number,
  frame: Buffer,
): Promise<RawAnswer> =>
  new Promise<RawAnswer>((resolve, reject) => {
    connection.failIfNotConnected();
    connection.requestQueue.push({
      entry: { apiKey, apiName, apiVersion, correlationId, resolve, reject },
      expectResponse: true,
      requestTimeout: timeoutMs ?? null,
      sendRequest: () => void connection.socket.write(frame),
    });
  });
