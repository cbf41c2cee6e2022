import { createRequire } from 'node:module';
import type { Socket } from 'node:net';
import type { ISocketFactory, Kafka, PartitionMetadata } from 'kafkajs';
import type { FetchedBatch, Positions } from './outdated-batches';

// The parts of kafkajs that it does not export and that are cured or called at run time. A contract test holds them.
const load = createRequire(__filename);

const CREATE_CLUSTER = 'private:Kafka:createCluster';

export interface RequestQueueInstance {
  readonly pending: readonly unknown[];
  /** By correlation id, with the time of their making in epoch milliseconds. */
  inflight: { forEach(call: (request: { readonly createdAt: number }) => void): void };
  push: (this: RequestQueueInstance, request: object) => void;
  maybeThrottle(ms: number): void;
  scheduleCheckPendingRequests: (this: RequestQueueInstance) => void;
}

/** A decoder of a response: bytes to an object, then the object checked for error codes. */
export interface ResponseDecoder {
  decode(payload: Buffer): Promise<unknown>;
  parse(decoded: unknown): Promise<unknown>;
}

export interface ConnectionCall {
  readonly request: { readonly apiName: string };
  readonly response: ResponseDecoder;
}

export interface BrokerInstance {
  /** The versions that the broker knows, by the number of the request. */
  readonly versions: Readonly<
    Record<number, { readonly minVersion: number; readonly maxVersion: number } | undefined>
  > | null;
  readonly connectionPool: {
    readonly socketFactory: ISocketFactory;
    /** One that is connected. */
    getConnectionByRequest(call: { readonly request: { readonly apiKey: number } }): Promise<ConnectionInstance>;
  };
  disconnect(): Promise<void>;
  fetch: (this: BrokerInstance, request: object) => Promise<unknown>;
}

/** What kafkajs's producers, consumers and admins know of the brokers. */
export interface ClusterInstance {
  readonly brokerPool: {
    readonly metadata: object | null;
    /** Epoch milliseconds. */
    readonly metadataExpireAt: number | null;
  };
  connect(): Promise<void>;
  disconnect(): Promise<void>;
  isConnected(): boolean;
  removeBroker(address: { readonly host: string; readonly port: number }): void;
  addMultipleTargetTopics(topics: readonly string[]): Promise<void>;
  refreshMetadata(): Promise<void>;
  findTopicPartitionMetadata(topic: string): PartitionMetadata[];
  findBroker(which: { readonly nodeId: string }): Promise<BrokerInstance>;
}

export interface ConnectionInstance {
  readonly host: string;
  readonly port: number;
  readonly clientId: string;
  readonly sasl: object | null;
  readonly socketFactory: ISocketFactory;
  readonly socket: Socket;
  readonly requestQueue: RequestQueueInstance;
  isAuthenticated(): boolean;
  authenticate(): Promise<void>;
  nextCorrelationId(): number;
  failIfNotConnected(): void;
  isConnected: (this: ConnectionInstance) => boolean;
  send: (this: ConnectionInstance, call: ConnectionCall) => Promise<unknown>;
  rejectRequests: (this: ConnectionInstance, error: Error) => void;
  processData: (this: ConnectionInstance, chunk: Buffer) => void;
}

export interface ConsumerGroupInstance {
  readonly cluster: object;
  memberId: string | null;
  readonly offsetManager: Positions | null;
  connect: (this: ConsumerGroupInstance) => Promise<void>;
  fetch: (this: ConsumerGroupInstance, nodeId: string) => Promise<FetchedBatch[]>;
}

/** The loop of a consumer. */
export interface RunnerInstance {
  readonly running: boolean;
  readonly consumerGroup: ConsumerGroupInstance;
  processEachBatch(batch: FetchedBatch): Promise<void>;
  handleBatch: (this: RunnerInstance, batch: FetchedBatch) => Promise<void>;
  heartbeat: (this: RunnerInstance) => Promise<void>;
}

export const RequestQueue = load('kafkajs/src/network/requestQueue') as { readonly prototype: RequestQueueInstance };

export const Connection = load('kafkajs/src/network/connection') as { readonly prototype: ConnectionInstance };

export const ConsumerGroup = load('kafkajs/src/consumer/consumerGroup') as {
  readonly prototype: ConsumerGroupInstance;
};

export const Runner = load('kafkajs/src/consumer/runner') as { readonly prototype: RunnerInstance };

export const Broker = load('kafkajs/src/broker') as { readonly prototype: BrokerInstance };

export const apiKeys = load('kafkajs/src/protocol/requests/apiKeys') as {
  readonly Produce: number;
  readonly Fetch: number;
};

/** The error of a code of the protocol. */
export const { createErrorFromCode } = load('kafkajs/src/protocol/error') as {
  readonly createErrorFromCode: (code: number) => Error;
};

/** Throws the error of the first partition that has one. */
export const { parse: assertFetched } = load('kafkajs/src/protocol/requests/fetch/v11/response') as {
  readonly parse: <A>(response: A) => Promise<A>;
};

/** The cluster of a client of its own, as its producers have one. */
export function createCluster(kafka: Kafka, options: { readonly metadataMaxAge: number }): ClusterInstance {
  const symbol = Object.getOwnPropertySymbols(kafka).find(({ description }) => description === CREATE_CLUSTER);
  const create = (kafka as unknown as Record<symbol, (options: object) => ClusterInstance>)[symbol as symbol];
  if (!create) throw new Error(`this version of kafkajs has no ${CREATE_CLUSTER}`);
  return create(options);
}

export const { KafkaJSConnectionClosedError: ConnectionClosedError } = load('kafkajs/src/errors') as {
  readonly KafkaJSConnectionClosedError: new (
    message: string,
    address: { readonly host: string; readonly port: number },
  ) => Error;
};
