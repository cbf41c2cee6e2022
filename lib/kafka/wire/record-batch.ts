import { crc32c } from '../../delivery/checksum';

/**
 * What a partition's records are sent in, one after the other. All formats begin alike: offset int64 (of the first
 * record; of the last one in old compressed messages), length int32 (of all that follows); the magic is at byte 16.
 *
 * Record batch, magic 2, since Kafka 0.11 (protocol guide, "Record Batch"), big-endian:
 *   base offset int64, length int32, leader epoch int32, magic int8, CRC-32C uint32 (of all that follows), attributes
 *   int16, last offset delta int32, first and largest timestamp int64, producer id int64, producer epoch int16, base
 *   sequence int32, records int32 count and then the records, which may be compressed
 * Record: length varint, attributes int8, timestamp delta varlong, offset delta varint, key and value (length varint,
 *   bytes), headers varint count, each of a key (length varint, UTF-8) and a value (length varint, bytes)
 */
export const MAGIC = 2;

/** Where the fields are, in bytes from the start. */
export const BATCH_AT = {
  length: 8,
  magic: 16,
  crc: 17,
  attributes: 21,
  lastOffsetDelta: 23,
  maxTimestamp: 35,
  count: 57,
  records: 61,
} as const;

/** Offset and length, which the length does not count. */
export const LENGTH_END = 12;

/** Bits of the attributes. */
export const BATCH_BITS = { codec: 0x07, logAppendTime: 0x08, transactional: 0x10, control: 0x20 } as const;

/** What kafkajs wants to know of the batch of a record that came in none. */
export const NO_BATCH = { inTransaction: false, producerId: '-1' } as const;

/** Whether all behind the checksum of a batch is as it was written; what comes after batches will begin like them. */
export const hasRightChecksum = (batch: Buffer): boolean =>
  batch.length >= BATCH_AT.records &&
  (batch[BATCH_AT.magic] ?? 0) >= MAGIC &&
  crc32c(batch, 0, BATCH_AT.attributes) === batch.readUInt32BE(BATCH_AT.crc);

/** A record as kafkajs hands it to a consumer, with the context of its batch. */
export interface DecodedRecord {
  readonly offset: string;
  readonly [property: string]: unknown;
}
