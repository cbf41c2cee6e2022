import { TwinError } from '../reading/twin-error';

const LENGTH_BYTES = 4;

/** A message as a spool keeps it: where it goes (plain JSON), and its bytes untouched. */
export interface SpoolEnvelope {
  readonly head: Readonly<Record<string, unknown>>;
  readonly body: Buffer;
}

/** Length of the head (32 bits, little-endian), the head as JSON, the body. */
export function encodeEnvelope({ head, body }: { head: object; body: Buffer | string }): Buffer {
  const headBytes = Buffer.from(JSON.stringify(head));
  const bodyBytes = typeof body === 'string' ? Buffer.from(body) : body;
  const bytes = Buffer.allocUnsafe(LENGTH_BYTES + headBytes.length + bodyBytes.length);
  bytes.writeUInt32LE(headBytes.length);
  headBytes.copy(bytes, LENGTH_BYTES);
  bodyBytes.copy(bytes, LENGTH_BYTES + headBytes.length);
  return bytes;
}

/**
 * The body shares memory with `bytes`.
 * @throws TwinError `DELIVERY_SPOOL_ENVELOPE` when the bytes are no envelope: an older version wrote them
 */
export function decodeEnvelope(bytes: Buffer): SpoolEnvelope {
  try {
    const end = LENGTH_BYTES + bytes.readUInt32LE();
    if (end > bytes.length) throw new RangeError(`the head ends at ${end} of ${bytes.length} bytes`);
    const head = JSON.parse(bytes.toString('utf8', LENGTH_BYTES, end)) as unknown;
    if (typeof head !== 'object' || head === null) throw new TypeError('the head is no object');
    return { head: head as Record<string, unknown>, body: bytes.subarray(end) };
  } catch (cause) {
    throw new TwinError('DELIVERY_SPOOL_ENVELOPE', 'a message of the spool is not of a form that this version knows', {
      cause,
    });
  }
}
