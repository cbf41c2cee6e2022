import { brokerWatchOf } from './broker-watch';
import type { BrokerInstance, ConnectionInstance } from './kafkajs-internals';
import type { ByteWriter } from './wire/byte-writer';
import { beginFrame, endFrame } from './wire/request-frame';

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

/** Sends a request over a connection of kafkajs, which keeps the order, the time limit and the quota. */
export async function ask<A extends ThrottledAnswer>(broker: BrokerInstance, request: BrokerRequest<A>): Promise<A> {
  try {
    const connection = await broker.connectionPool.getConnectionByRequest({ request });
    if (connection.sasl && !connection.isAuthenticated()) await connection.authenticate();
    const correlationId = connection.nextCorrelationId();
    const { apiKey, apiVersion, expectedBytes } = request;
    const writer = beginFrame({ apiKey, apiVersion, correlationId, clientId: connection.clientId }, expectedBytes);
    await request.encode(writer);
    brokerWatchOf(connection.socketFactory)?.follow(connection);
    const { payload } = await send(connection, request, correlationId, endFrame(writer));
    const answer = await request.decode(payload);
    connection.requestQueue.maybeThrottle(answer.clientSideThrottleTime);
    return answer;
  } catch (thrown) {
    if ((thrown as Error).name === 'KafkaJSConnectionClosedError') await broker.disconnect();
    throw thrown;
  }
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
