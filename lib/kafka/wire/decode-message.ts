import { crc32 } from '../../delivery/checksum';
import { decompress } from '../codecs/decompress';
import { ByteReader } from './byte-reader';
import { BATCH_BITS, type DecodedRecord, NO_BATCH } from './record-batch';

/** Where the bytes begin that the checksum covers. */
const CHECKED_AT = 16;

/**
 * A message as producers before Kafka 0.11 have written it (big-endian): offset int64, size int32, CRC-32 uint32 (of all
 * that follows), magic int8 (0 or 1), attributes int8, timestamp int64 (magic 1), key and value (length int32, bytes;
 * null has length -1). A compressed one holds others, whose offsets, in magic 1, count up to its own.
 *
 * @throws Error when the bytes are damaged
 */
export async function decodeMessage(bytes: Buffer): Promise<readonly DecodedRecord[]> {
  const outer = messageIn(new ByteReader(bytes), bytes);
  if (outer.codec === 0) return [recordOf(outer, outer.offset)];
  const reader = new ByteReader(await decompress(outer.codec, outer.value ?? Buffer.alloc(0)));
  const inner: Message[] = [];
  while (reader.left > 0) {
    const message = messageIn(reader);
    if (message.codec !== 0) throw new RangeError('compressed messages within compressed ones');
    inner.push(message);
  }
  const isRelative = outer.magicByte > 0;
  const base = isRelative ? outer.offset - (inner.at(-1)?.offset ?? 0n) : 0n;
  const isAppendTime = isRelative && (outer.attributes & BATCH_BITS.logAppendTime) !== 0;
  return inner.map((message) =>
    recordOf(isAppendTime ? { ...message, timestamp: outer.timestamp } : message, base + message.offset),
  );
}

interface Message {
  readonly offset: bigint;
  readonly magicByte: number;
  readonly attributes: number;
  readonly codec: number;
  readonly timestamp: bigint;
  readonly key: Buffer | null;
  readonly value: Buffer | null;
}

/** The next message; its checksum is looked at where all of its bytes are given. */
function messageIn(all: ByteReader, bytes?: Buffer): Message {
  const offset = all.int64();
  const reader = all.part(all.int32());
  const checksum = reader.int32() >>> 0;
  if (bytes && crc32(bytes, 0, CHECKED_AT) !== checksum) throw new RangeError('its checksum is wrong');
  const magicByte = reader.int8();
  const attributes = reader.int8();
  const timestamp = magicByte > 0 ? reader.int64() : 0n;
  const [key, value] = [reader.nullableBytes(), reader.nullableBytes()];
  return { offset, magicByte, attributes, codec: attributes & BATCH_BITS.codec, timestamp, key, value };
}

const recordOf = ({ magicByte, attributes, timestamp, key, value }: Message, offset: bigint): DecodedRecord => ({
  magicByte,
  attributes,
  timestamp: String(timestamp),
  offset: String(offset),
  key,
  value,
  headers: {},
  isControlRecord: false,
  batchContext: NO_BATCH,
});
