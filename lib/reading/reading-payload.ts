import { extended } from './extended';
import { MQTT_TIMESTAMP, REPLAYED } from './keys';
import { isReading, type Reading } from './reading';
import { encodeReading, parseReading } from './reading-codec';
import { spliceMark, spliceStamp } from './stamp';
import { TwinError } from './twin-error';

const BYTE_ORDER_MARK = 0xfeff;

/**
 * What goes over the wire for a reading, or for text or bytes that somebody else made. A reading is encoded as JSON
 * with the stamp last. Text and bytes go as they are; those that begin as a JSON object are taken for a reading, so
 * that with a stamp they must be one and get it, and every other byte stays as it came.
 *
 * @param stampMs what to put under `MQTT_Timestamp`, epoch milliseconds; nothing when undefined
 * @throws TwinError READING_… when it cannot be a reading
 */
export function readingPayload(item: unknown, stampMs: number | undefined): Buffer | string {
  if (typeof item === 'string') {
    return stampMs !== undefined && beginsObject(item) ? spliceStamp(Buffer.from(item), MQTT_TIMESTAMP, stampMs) : item;
  }
  if (item instanceof Uint8Array) {
    const bytes = Buffer.isBuffer(item) ? item : Buffer.from(item.buffer, item.byteOffset, item.byteLength);
    const first = bytes.subarray(0, 64).toString('utf8');
    return stampMs !== undefined && beginsObject(first) ? spliceStamp(bytes, MQTT_TIMESTAMP, stampMs) : bytes;
  }
  const reading = asObject(item);
  return encodeReading(stampMs === undefined ? reading : extended(reading, { [MQTT_TIMESTAMP]: stampMs }));
}

/**
 * A payload that is sent again after an outage: a JSON object is marked as such, other text and bytes stay as they are.
 */
export function replayedPayload(payload: Buffer): Buffer {
  try {
    return spliceMark(payload, REPLAYED);
  } catch {
    return payload;
  }
}

/**
 * The reading in what `readingPayload` takes, to look up its keys.
 * @throws TwinError READING_…
 */
export function readingIn(item: unknown): Reading {
  return typeof item === 'string' || item instanceof Uint8Array ? parseReading(item) : asObject(item);
}

function asObject(item: unknown): Reading {
  if (isReading(item)) return item;
  const got = item === null ? 'null' : Array.isArray(item) ? 'an array' : typeof item;
  throw new TwinError(
    'READING_NOT_AN_OBJECT',
    `only a reading such as {"Ambient Temperature": 22.5}, text or bytes can be published, got ${got}`,
  );
}

function beginsObject(text: string): boolean {
  return (text.charCodeAt(0) === BYTE_ORDER_MARK ? text.slice(1) : text).trimStart().startsWith('{');
}
