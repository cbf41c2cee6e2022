/** A field's value: a number is stored as a float, whatever its digits; a bigint as a 64-bit integer. */
export type FieldValue = number | bigint | string | boolean;

/** One point: what was measured, where, when. */
export interface Point {
  readonly measurement: string;
  /** A tag with an empty value is left out, as the servers take it for absent. */
  readonly tags: Readonly<Record<string, string>>;
  /** At least one. */
  readonly fields: Readonly<Record<string, FieldValue>>;
  /** Epoch milliseconds; absent: the moment at which the point is handed to the writer. */
  readonly timeMs?: number;
  /**
   * Nanoseconds within that millisecond, 0 to 999,999 (default 0): keeps two readings of one source and millisecond
   * apart, as the servers store one point for each time and set of tags.
   */
  readonly nanoseconds?: number;
}
