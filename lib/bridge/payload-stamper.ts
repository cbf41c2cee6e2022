import { BRIDGE_TIMESTAMP } from '../reading/keys';
import { parseReading } from '../reading/reading-codec';
import { spliceStamp } from '../reading/stamp';

/** Checks a payload and adds the stamp of its arrival. Throws TwinError READING_… for what is no JSON object. */
export type PayloadStamper = (payload: Buffer, receivedAtMs: number) => Buffer;

/** @param key of the stamp; null leaves payloads untouched, but checks them all the same */
export function payloadStamper(key: string | null = BRIDGE_TIMESTAMP): PayloadStamper {
  if (key !== null) return (payload, receivedAtMs) => spliceStamp(payload, key, receivedAtMs);
  return (payload) => {
    parseReading(payload);
    return payload;
  };
}
