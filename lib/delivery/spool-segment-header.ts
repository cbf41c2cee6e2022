import { TwinError } from '../reading/twin-error';
import { crc32 } from './checksum';

/*
 * The first bytes of a segment, integers big-endian. The sequence is also in the file's name, so that a damaged header
 * costs nothing.
 *
 *    0  8  "TWINSPOL"
 *    8  4  version of the format
 *   12  6  sequence of the first record
 *   18  4  CRC-32 of bytes 0 to 17
 */
export const SEGMENT_HEADER_BYTES = 22;

const MAGIC = Buffer.from('TWINSPOL', 'latin1');
const VERSION = 1;
const NAME = /^(\d{15})\.spool$/;

export const segmentName = (firstSequence: number): string => `${String(firstSequence).padStart(15, '0')}.spool`;

/** Sequence of the first record by the name of a segment, or undefined for any other file. */
export function firstSequenceOf(name: string): number | undefined {
  const digits = NAME.exec(name)?.[1];
  return digits === undefined ? undefined : Number(digits);
}

export function encodeSegmentHeader(firstSequence: number): Buffer {
  const header = Buffer.alloc(SEGMENT_HEADER_BYTES);
  MAGIC.copy(header);
  header.writeUInt32BE(VERSION, 8);
  header.writeUIntBE(firstSequence, 12, 6);
  header.writeUInt32BE(crc32(header, 0, 0, 18), 18);
  return header;
}

/**
 * Refuses a segment of another format; a damaged header says nothing and passes.
 *
 * @throws TwinError `DELIVERY_SPOOL_VERSION`
 */
export function assertKnownVersion(header: Buffer, path: string): void {
  if (header.length < SEGMENT_HEADER_BYTES || crc32(header, 0, 0, 18) !== header.readUInt32BE(18)) return;
  const version = header.readUInt32BE(8);
  if (version === VERSION) return;
  throw new TwinError(
    'DELIVERY_SPOOL_VERSION',
    `${path} has format ${version}, this release reads format ${VERSION}: use the release that wrote it, or another folder`,
    { facts: { path, version } },
  );
}
