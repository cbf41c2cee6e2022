import { parseReading } from '../../lib/reading/reading-codec';
import { TwinError } from '../../lib/reading/twin-error';

export type PayloadFormat = 'json' | 'text' | 'buffer';

/**
 * Bytes of a server as a payload.
 * @param where names them in the error, such as `record a/0/7`
 * @throws TwinError `READING_…`, which names the place, when `json` bytes are no reading
 */
export function payloadOfBytes(bytes: Buffer, format: PayloadFormat, where: () => string): unknown {
  if (format === 'buffer') return bytes;
  if (format === 'text') return bytes.toString('utf8');
  try {
    return parseReading(bytes);
  } catch (thrown) {
    if (!(thrown instanceof TwinError)) throw thrown;
    throw new TwinError(thrown.code, `${where()}: ${thrown.message}`, { cause: thrown });
  }
}
