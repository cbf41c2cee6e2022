import { createRequire } from 'node:module';
import type { Socket } from 'node:net';
import type { ISocketFactory } from 'kafkajs';
import type { FetchedBatch, Positions } from './outdated-batches';

// The parts of kafkajs that it does not export and that are cured or called at run time. A contract test holds them.
const load = createRequire(__filename);

export interface RequestQueueInstance {
  readonly pending: readonly unknown[];
  /** By correlation id, with the time of their making in epoch milliseconds. */
  inflight: { forEach(call: (request: { readonly createdAt: number }) => void): void };
  push: (this: RequestQueueInstance, request: object) => void;
  scheduleCheckPendingRequests: (this: RequestQueueInstance) => void;
}

/** A decoder of a response: bytes to an object, then the object checked for error codes. */
export interface ResponseDecoder {
  decode(payload: Buffer): Promise<unknown>;
  parse(decoded: unknown): Promise<unknown>;
}

export interface ConnectionCall {
  readonly request: { readonly apiName: string; readonly apiVersion: number };
  readonly response: ResponseDecoder;
}

export interface ConnectionInstance {
  readonly host: string;
  readonly port: number;
  readonly socketFactory: ISocketFactory;
  readonly socket: Socket;
  readonly requestQueue: RequestQueueInstance;
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
  handleBatch: (this: RunnerInstance, batch: FetchedBatch) => Promise<void>;
  heartbeat: (this: RunnerInstance) => Promise<void>;
}

/** A record as kafkajs hands it to a consumer, with the context of its batch. */
export interface DecodedRecord {
  readonly offset: string;
  readonly [property: string]: unknown;
}

export const RequestQueue = load('kafkajs/src/network/requestQueue') as { readonly prototype: RequestQueueInstance };

export const Connection = load('kafkajs/src/network/connection') as { readonly prototype: ConnectionInstance };

export const ConsumerGroup = load('kafkajs/src/consumer/consumerGroup') as {
  readonly prototype: ConsumerGroupInstance;
};

export const Runner = load('kafkajs/src/consumer/runner') as { readonly prototype: RunnerInstance };

export const Decoder = load('kafkajs/src/protocol/decoder') as new (buffer: Buffer) => object;

export const decodeRecordBatch = load('kafkajs/src/protocol/recordBatch/v0/decoder') as (
  decoder: object,
) => Promise<{ readonly records: readonly DecodedRecord[] }>;

export const { KafkaJSConnectionClosedError: ConnectionClosedError } = load('kafkajs/src/errors') as {
  readonly KafkaJSConnectionClosedError: new (
    message: string,
    address: { readonly host: string; readonly port: number },
  ) => Error;
};
