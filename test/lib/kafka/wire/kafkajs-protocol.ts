import { createRequire } from 'node:module';

// What kafkajs writes and reads, as the measure of our own bytes.
const load = createRequire(__filename);

interface Encoded {
  readonly buffer: Buffer;
}

export interface KafkajsEncoder extends Encoded {
  writeInt8(value: number): this;
  writeInt16(value: number): this;
  writeInt32(value: number): this;
  writeInt64(value: number | string): this;
  writeString(value: string | null): this;
  writeVarInt(value: number): this;
  writeVarLong(value: number): this;
  writeVarIntBytes(value: Buffer | null): this;
  writeVarIntString(value: string): this;
  writeBuffer(value: Buffer): this;
}

export const Long = load('kafkajs/src/utils/long') as { fromString(text: string): object };

export const Encoder = load('kafkajs/src/protocol/encoder') as new () => KafkajsEncoder;

type Request = (options: object) => { readonly encode: () => Promise<Encoded> };

export const produceRequest = load('kafkajs/src/protocol/requests/produce/v7/request') as Request;
export const fetchRequest = load('kafkajs/src/protocol/requests/fetch/v11/request') as Request;

export const fetchResponse = load('kafkajs/src/protocol/requests/fetch/v11/response') as {
  decode(payload: Buffer): Promise<unknown>;
};

export const { RecordBatch } = load('kafkajs/src/protocol/recordBatch/v0') as {
  readonly RecordBatch: (options: object) => Promise<Encoded>;
};

export const recordOf = load('kafkajs/src/protocol/recordBatch/record/v0') as (options: object) => Encoded;

export const messageSet = load('kafkajs/src/protocol/messageSet') as (options: object) => Encoded;

export const Batch = load('kafkajs/src/consumer/batch') as new (
  topic: string,
  fetchedOffset: string,
  partition: unknown,
) => { isEmptyDueToFiltering(): boolean; lastOffset(): string };
