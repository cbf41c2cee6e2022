import type { KafkaHeaders, KafkaRecord } from '../../lib/kafka/kafka-record';
import { KAFKA_TIMESTAMP } from '../../lib/reading/keys';
import { parseReading } from '../../lib/reading/reading-codec';
import { TwinError } from '../../lib/reading/twin-error';
import type { FlowMessage } from '../common/message';

export interface RecordForm {
  readonly format: 'json' | 'text' | 'buffer';
  /** Adds `Kafka_Timestamp`, the time of receipt, to JSON readings. */
  readonly stamp: boolean;
}

/**
 * The value of a record as a payload.
 * @throws TwinError `READING_…`, `KAFKA_NO_VALUE`, that names topic, partition and offset
 */
export function payloadOf(record: KafkaRecord, { format, stamp }: RecordForm): unknown {
  const { topic, partition, offset, value, receivedAtMs } = record;
  const where = `record ${topic}/${partition}/${offset}`;
  if (value === null) {
    if (format !== 'json') return null;
    throw new TwinError('KAFKA_NO_VALUE', `${where} has no value (a deletion mark), so it is no reading`);
  }
  if (format === 'buffer') return value;
  if (format === 'text') return value.toString('utf8');
  try {
    const reading = parseReading(value);
    return stamp ? { ...reading, [KAFKA_TIMESTAMP]: receivedAtMs } : reading;
  } catch (thrown) {
    if (!(thrown instanceof TwinError)) throw thrown;
    throw new TwinError(thrown.code, `${where}: ${thrown.message}`, { cause: thrown });
  }
}

/** What a message says of its record beside the payload. */
export function metadataOf({ topic, partition, offset, key, headers, timestampMs }: KafkaRecord): FlowMessage {
  return {
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
    texts[name] = Array.isArray(value) ? value.map(String) : String(value);
  }
  return texts;
}
