/**
 * Record batch of magic 2, the format of records since Kafka 0.11 (protocol guide, "Record Batch"), big-endian:
 *   base offset int64, length int32 (of all that follows), leader epoch int32, magic int8, CRC-32C uint32 (of all that
 *   follows), attributes int16, last offset delta int32, first and largest timestamp int64, producer id int64, producer
 *   epoch int16, base sequence int32, records int32 count and then the records, which may be compressed
 * Record: length varint, attributes int8, timestamp delta varlong, offset delta varint, key and value (length varint,
 *   bytes), headers varint count, each of a key (length varint, UTF-8) and a value (length varint, bytes)
 */

/** Where the fields of a batch are, in bytes from its start. */
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

/** Base offset and length, which the length does not count. */
export const BATCH_LENGTH_END = 12;
export const MAGIC = 2;

/** Bits of the attributes. */
export const BATCH_BITS = { codec: 0x07, logAppendTime: 0x08, transactional: 0x10, control: 0x20 } as const;
