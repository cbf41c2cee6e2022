/** What a caller may do about an error: facts for a program, a sentence for a person. */
export interface TwinErrorFacts {
  /** True when the same call may succeed later without any change (network, overload, leader change). */
  readonly retryable?: boolean;
  readonly cause?: unknown;
  /** Values that a translation or a log may want (host, topic, offset …). Never a secret. */
  readonly facts?: Readonly<Record<string, string | number | boolean>>;
}

/**
 * The one error class of this pack. `code` is stable and prefixed by the part that raised it (`READING_…`, `MQTT_…`,
 * `KAFKA_…`, `INFLUX_…`, `SERIAL_…`, `SERIES_…`); `message` says in English what happened, where, and what to do.
 */
export class TwinError extends Error {
  readonly code: string;
  readonly retryable: boolean;
  readonly facts: Readonly<Record<string, string | number | boolean>>;

  constructor(code: string, message: string, { retryable = false, cause, facts = {} }: TwinErrorFacts = {}) {
    super(message, cause === undefined ? undefined : { cause });
    this.name = 'TwinError';
    this.code = code;
    this.retryable = retryable;
    this.facts = facts;
  }
}

/** The message of anything that was thrown. */
export function messageOf(thrown: unknown): string {
  return thrown instanceof Error ? thrown.message || thrown.name : String(thrown);
}
