import { decodeEnvelope, encodeEnvelope } from '../../lib/delivery/spool-envelope';
import type { ProduceRecord } from '../../lib/kafka/kafka-record';
import { replayedPayload } from '../../lib/reading/reading-payload';
import type { FlowMessage } from '../common/message';

/** What the head of a record on disk holds. */
type RecordHead = Omit<ProduceRecord, 'value' | 'key'> & { readonly key?: string; readonly keyBytes?: string };

/** A record as it waits on disk. */
export function payloadOf({ key, value, ...rest }: ProduceRecord & { readonly value: Buffer | string }): Buffer {
  const head: RecordHead = {
    ...rest,
    ...(typeof key === 'string' && { key }),
    ...(Buffer.isBuffer(key) && { keyBytes: key.toString('base64') }),
  };
  return encodeEnvelope({ head, body: value });
}

/** A record that waited on disk, marked as such. */
export function recordOf(bytes: Buffer): ProduceRecord {
  const { head, body } = decodeEnvelope(bytes);
  const { key, keyBytes, ...rest } = head as unknown as RecordHead;
  return {
    ...rest,
    key: keyBytes === undefined ? (key ?? null) : Buffer.from(keyBytes, 'base64'),
    value: replayedPayload(body),
  };
}

/** A record that waited on disk, as a message of the flow. */
export function messageOf(bytes: Buffer): FlowMessage {
  const { topic, key, headers, expiresMs } = recordOf(bytes);
  return {
    topic,
    key,
    headers,
    ...(expiresMs !== undefined && { expires: expiresMs }),
    payload: decodeEnvelope(bytes).body.toString('utf8'),
  };
}
