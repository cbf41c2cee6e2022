import { crc32 } from './checksum';

/** One message of the spool. */
export interface SpoolRecord {
  /** Position in the log: rises by one with each record appended. */
  readonly sequence: number;
  /** When it was appended, epoch milliseconds. */
  readonly timeMs: number;
  readonly payload: Buffer;
}

/*
 * A record on disk, integers big-endian:
 *
 *    0  4  magic
 *    4  4  payload length
 *    8  6  sequence
 *   14  6  time, epoch ms
 *   20  4  CRC-32 of the payload
 *   24  4  CRC-32 of bytes 4 to 23, begun with the seal of this place
 *   28     payload
 *
 * Two checksums, so that the length of a record with a damaged payload can still be trusted: exactly that record is
 * skipped. When the header itself is damaged, the next magic with a right header checksum is searched. The seal binds a
 * header to its segment and offset: neither a record inside of a payload nor a stale disk block is taken for a record.
 */
export const RECORD_HEADER_BYTES = 28;

/** Three of the bytes occur in no UTF-8 text, so that a search rarely stops inside of a payload. */
const MAGIC = Buffer.from([0xf5, 0xc1, 0xfe, 0x9a]);
const MAGIC_WORD = MAGIC.readUInt32BE(0);

/** Largest sequence and time that six bytes hold. */
const MAX_UINT48 = 2 ** 48 - 1;

/** Where a run of bytes stands: in the segment that begins with `firstSequence`, from byte `offset` on. */
export interface SpoolPlace {
  readonly firstSequence: number;
  readonly offset: number;
}

const sealOf = (firstSequence: number, offset: number): number =>
  (Math.imul((firstSequence % 2 ** 32) | 0, 0x9e3779b1) ^ offset) >>> 0;

/** Records as bytes for one write, and where each ends within them. */
export interface EncodedRecords {
  readonly bytes: Buffer;
  readonly ends: readonly number[];
}

/** Encodes payloads as records numbered from `sequence` on. */
export function encodeRecords(
  payloads: readonly Uint8Array[],
  sequence: number,
  timeMs: number,
  { firstSequence, offset }: SpoolPlace,
): EncodedRecords {
  const total = payloads.reduce((sum, { length }) => sum + RECORD_HEADER_BYTES + length, 0);
  const time = Math.min(Math.max(0, Math.floor(timeMs)), MAX_UINT48);
  const bytes = Buffer.allocUnsafe(total);
  const ends: number[] = [];
  let at = 0;
  for (const payload of payloads) {
    bytes.writeUInt32BE(MAGIC_WORD, at);
    bytes.writeUInt32BE(payload.length, at + 4);
    bytes.writeUIntBE(sequence + ends.length, at + 8, 6);
    bytes.writeUIntBE(time, at + 14, 6);
    bytes.set(payload, at + RECORD_HEADER_BYTES);
    const end = at + RECORD_HEADER_BYTES + payload.length;
    bytes.writeUInt32BE(crc32(bytes, 0, at + RECORD_HEADER_BYTES, end), at + 20);
    bytes.writeUInt32BE(crc32(bytes, sealOf(firstSequence, offset + at), at + 4, at + 24), at + 24);
    ends.push(end);
    at = end;
  }
  return { bytes, ends };
}

export interface DecodedRecords {
  /** The sound records, in order; their payloads are views of the bytes given. */
  readonly records: SpoolRecord[];
  /** Bytes dealt with; the rest is the beginning of a record. */
  readonly consumed: number;
  /** Bytes from `consumed` on that the next record needs, when more than were given. */
  readonly needed: number;
  /** End of the last sound record, 0 when there is none. */
  readonly soundEnd: number;
}

/**
 * Decodes what stands at `place`, up to `fileEnd` (offset in the segment). Damaged records are left out: the gap in the
 * sequences tells how many. Never throws.
 */
export function decodeRecords(bytes: Buffer, { firstSequence, offset }: SpoolPlace, fileEnd: number): DecodedRecords {
  const records: SpoolRecord[] = [];
  const atFileEnd = offset + bytes.length >= fileEnd;
  let at = 0;
  let needed = 0;
  let soundEnd = 0;
  while (at < bytes.length) {
    const left = bytes.length - at;
    const header = left >= RECORD_HEADER_BYTES && isHeader(bytes, at, sealOf(firstSequence, offset + at));
    const end = header ? at + RECORD_HEADER_BYTES + bytes.readUInt32BE(at + 4) : 0;
    if (header && end <= bytes.length) {
      if (crc32(bytes, 0, at + RECORD_HEADER_BYTES, end) === bytes.readUInt32BE(at + 20)) {
        records.push({
          sequence: bytes.readUIntBE(at + 8, 6),
          timeMs: bytes.readUIntBE(at + 14, 6),
          payload: bytes.subarray(at + RECORD_HEADER_BYTES, end),
        });
        soundEnd = end;
      }
      at = end;
    } else if (header && offset + end <= fileEnd) {
      needed = end - at;
      break;
    } else if (left < RECORD_HEADER_BYTES && !atFileEnd) {
      needed = RECORD_HEADER_BYTES;
      break;
    } else {
      const next = bytes.indexOf(MAGIC, at + 1);
      // The last three bytes may be the beginning of a magic.
      at = next >= 0 ? next : atFileEnd ? bytes.length : Math.max(at + 1, bytes.length - MAGIC.length + 1);
    }
  }
  return { records, consumed: at, needed, soundEnd };
}

const isHeader = (bytes: Buffer, at: number, seal: number): boolean =>
  bytes.readUInt32BE(at) === MAGIC_WORD && crc32(bytes, seal, at + 4, at + 24) === bytes.readUInt32BE(at + 24);
