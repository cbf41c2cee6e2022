/** Checksum of bytes [start, end), as an unsigned integer; `previous` goes on from the checksum of the bytes before. */
type Checksum = (bytes: Uint8Array, previous?: number, start?: number, end?: number) => number;

/** A CRC of 32 bits with a reflected polynomial, by slicing by eight (Kounavis, Berry 2008). */
function reflectedCrc(polynomial: number): Checksum {
  // `tables[k][b]`: what byte b does to the checksum k bytes later, so that eight bytes are taken in one step.
  const tables = Array.from({ length: 8 }, () => new Uint32Array(256));
  const [t0, t1, t2, t3, t4, t5, t6, t7] = tables as [
    ...[Uint32Array, Uint32Array, Uint32Array, Uint32Array],
    ...[Uint32Array, Uint32Array, Uint32Array, Uint32Array],
  ];
  for (let byte = 0; byte < 256; byte++) {
    let crc = byte;
    for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ polynomial : crc >>> 1;
    t0[byte] = crc;
  }
  for (let k = 1; k < 8; k++) {
    for (let byte = 0; byte < 256; byte++) {
      const before = tables[k - 1]![byte]!;
      tables[k]![byte] = (before >>> 8) ^ t0[before & 0xff]!;
    }
  }
  return (bytes, previous = 0, start = 0, end = bytes.length) => {
    let crc = ~previous;
    let at = start;
    for (const last = end - 8; at <= last; at += 8) {
      crc ^= bytes[at]! | (bytes[at + 1]! << 8) | (bytes[at + 2]! << 16) | (bytes[at + 3]! << 24);
      crc =
        t7[crc & 0xff]! ^
        t6[(crc >>> 8) & 0xff]! ^
        t5[(crc >>> 16) & 0xff]! ^
        t4[crc >>> 24]! ^
        t3[bytes[at + 4]!]! ^
        t2[bytes[at + 5]!]! ^
        t1[bytes[at + 6]!]! ^
        t0[bytes[at + 7]!]!;
    }
    for (; at < end; at++) crc = (crc >>> 8) ^ t0[(crc ^ bytes[at]!) & 0xff]!;
    return ~crc >>> 0;
  };
}

/**
 * CRC-32 (IEEE 802.3; catalogued as CRC-32/ISO-HDLC); the same value as `crc32` of newer `node:zlib`, which Node.js 20.0
 * lacks.
 */
export const crc32 = reflectedCrc(0xedb88320);

/** CRC-32C (Castagnoli; catalogued as CRC-32/ISCSI). */
export const crc32c = reflectedCrc(0x82f63b78);
