import type { KafkaHeaders, KafkaRecord } from '../../lib/kafka/kafka-record';
import { KAFKA_TIMESTAMP } from '../../lib/reading/keys';
import type { Reading } from '../../lib/reading/reading';
import { setMember } from '../../lib/reading/set-member';
import { TwinError } from '../../lib/reading/twin-error';
import type { FlowMessage } from '../common/message';
import { type PayloadFormat, payloadOfBytes } from '../common/payload-of-bytes';

export interface RecordForm {
  readonly format: PayloadFormat;
  /** Adds `Kafka_Timestamp`, the time of receipt, to JSON readings. */
  readonly stamp: boolean;
}

/**
 * The value of a record as a payload.
 * @throws TwinError `READING_…`, `KAFKA_NO_VALUE`, that names topic, partition and offset
 */
export function payloadOf(record: KafkaRecord, { format, stamp }: RecordForm): unknown {
  const { topic, partition, offset, value, receivedAtMs } = record;
  const where = (): string => `record ${topic}/${partition}/${offset}`;
  if (value === null) {
    if (format !== 'json') return null;
    throw new TwinError('KAFKA_NO_VALUE', `${where()} has no value (a deletion mark), so it is no reading`);
  }
  const payload = payloadOfBytes(value, format, where);
  if (format === 'json' && stamp) (payload as Reading)[KAFKA_TIMESTAMP] = receivedAtMs;
  return payload;
}

/** A message with a payload, and what else it says of its record. */
export function messageOf(record: KafkaRecord, payload: unknown): FlowMessage {
  const { topic, partition, offset, key, headers, timestampMs } = record;
  return {
    payload,
    topic,
    key: key === null ? null : key.toString('utf8'),
    partition,
    offset: Number(offset),
    headers: textHeaders(headers),
    timestamp: timestampMs,
  };
}

function textHeaders(headers: KafkaHeaders): Record<string, string | string[]> {
  const texts: Record<string, string | string[]> = {};
  for (const [name, value] of Object.entries(headers)) {
    if (value === null || value === undefined) continue;
    setMember(texts, name, Array.isArray(value) ? value.map(String) : String(value));
  }
  return texts;
}
