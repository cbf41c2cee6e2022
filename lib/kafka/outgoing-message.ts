import { isReading } from '../reading/reading';
import { shown } from '../reading/shown';
import { TwinError } from '../reading/twin-error';
import type { ProduceRecord } from './kafka-record';
import type { WireRecord } from './wire/encode-record-batch';

/** A request larger than this is cut off by the broker (`socket.request.max.bytes`), whatever the topic allows. */
const MAX_RECORD_BYTES = 100_000_000;
/** What a record costs beside key, value and headers, at most. */
const RECORD_OVERHEAD_BYTES = 70;
const TOPIC_NAME = /^[A-Za-z0-9._-]{1,249}$/;
const MAX_PARTITION = 2 ** 31 - 1;

/** A checked record. */
export interface OutgoingMessage extends WireRecord {
  readonly topic: string;
  readonly bytes: number;
  readonly expiresMs: number | undefined;
  /** Set once, so that no retry moves the record. */
  partition?: number;
}

/** @throws TwinError `KAFKA_TOPIC_INVALID` */
export function assertTopicName(topic: unknown): void {
  if (typeof topic === 'string' && TOPIC_NAME.test(topic) && topic !== '.' && topic !== '..') return;
  throw new TwinError(
    'KAFKA_TOPIC_INVALID',
    `${shown(topic)} is no valid topic: use 1 to 249 letters, digits, dots, underscores or hyphens`,
  );
}

/**
 * Checks a record in full: later, one bad record would fail its whole batch.
 *
 * @throws TwinError `KAFKA_TOPIC_INVALID`, `KAFKA_RECORD_INVALID`, `KAFKA_RECORD_TOO_LARGE`
 */
export function outgoingMessage(record: ProduceRecord, nowMs: number): OutgoingMessage {
  const { topic, key = null, value, headers = {}, partition, timestampMs = nowMs, expiresMs } = record;
  assertTopicName(topic);
  const wrong = (what: string): never => {
    throw new TwinError('KAFKA_RECORD_INVALID', `record for topic "${topic}": ${what}`);
  };
  if (key !== null && !isBytes(key)) wrong(`the key must be text, a Buffer or null, got ${typeof key}`);
  if (value !== null && !isBytes(value)) wrong(`the value must be text, a Buffer or null, got ${typeof value}`);
  if (!Number.isSafeInteger(timestampMs) || timestampMs < 0) {
    wrong(`the timestamp must be epoch milliseconds, got ${timestampMs}`);
  }
  if (partition !== undefined && !(Number.isInteger(partition) && partition >= 0 && partition <= MAX_PARTITION)) {
    wrong(`the partition must be a whole number from 0, got ${partition}`);
  }
  if (!isReading(headers)) wrong(`the headers must be an object, got ${shown(headers)}`);
  let bytes = RECORD_OVERHEAD_BYTES + sizeOf(key) + sizeOf(value);
  for (const [name, header] of Object.entries(headers)) {
    for (const one of Array.isArray(header) ? (header as unknown[]) : [header]) {
      if (!isBytes(one)) wrong(`header "${name}" must be text or a Buffer, got ${typeof one}`);
      else bytes += Buffer.byteLength(name) + sizeOf(one) + RECORD_OVERHEAD_BYTES;
    }
  }
  if (bytes > MAX_RECORD_BYTES) {
    throw new TwinError(
      'KAFKA_RECORD_TOO_LARGE',
      `record of ${bytes} bytes for topic "${topic}": no broker takes more than ${MAX_RECORD_BYTES}`,
    );
  }
  return {
    topic,
    key,
    value,
    headers,
    timestampMs,
    bytes,
    expiresMs,
    ...(partition === undefined ? {} : { partition }),
  };
}

const isBytes = (value: unknown): value is string | Buffer => typeof value === 'string' || Buffer.isBuffer(value);
const sizeOf = (value: string | Buffer | null): number => (value === null ? 0 : Buffer.byteLength(value));
