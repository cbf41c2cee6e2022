import type { LostRecords } from './spool-events';
import type { SpoolRecord } from './spool-record';
import { decodeRecords } from './spool-record';
import type { SpoolSegment } from './spool-segment';
import { SEGMENT_HEADER_BYTES } from './spool-segment-header';

/** Read ahead in one go; what a reader holds in memory beyond what was asked for is less than this. */
const CHUNK_BYTES = 256 * 1024;

export interface SpoolReaderOptions {
  /** The segments of the spool, oldest first; the reader looks at the owner's own list. */
  readonly segments: readonly SpoolSegment[];
  /** Everything up to here is done. */
  readonly acknowledged: number;
  /** Sequence of the newest record that was ever stored. */
  readonly stored: () => number;
  /** Told of records that turned out to be damaged. */
  readonly onDamaged: (lost: LostRecords) => void;
}

/**
 * Reads the log forward, once. Records read and not acknowledged wait in memory, so that reading again costs nothing.
 * Each sequence is accounted for exactly once: it comes as a record, or it is counted as damaged when the next sound
 * record, or the end of the segment, shows that it is missing. One call at a time.
 */
export class SpoolReader {
  readonly #segments: readonly SpoolSegment[];
  readonly #stored: () => number;
  readonly #onDamaged: (lost: LostRecords) => void;
  readonly #waiting: SpoolRecord[] = [];
  /** The next sequence to be read. */
  #expected: number;
  /** Highest sequence ever given out. */
  #given = 0;
  /** Up to here records are under way at the caller; they are neither expired nor dropped. */
  #leased = 0;
  #segment: SpoolSegment | undefined;
  #offset = 0;
  #needed = 0;
  /** Time of the first record that is not read yet, as far as known: never later than it is. */
  #unreadMs: number | undefined;

  constructor({ segments, acknowledged, stored, onDamaged }: SpoolReaderOptions) {
    this.#segments = segments;
    this.#expected = acknowledged + 1;
    this.#stored = stored;
    this.#onDamaged = onDamaged;
  }

  /** Records neither acknowledged nor known to be lost. */
  get length(): number {
    return this.#waiting.length + this.#unread;
  }

  /** Everything up to this sequence is acknowledged or lost. */
  get acknowledged(): number {
    return (this.#waiting[0]?.sequence ?? this.#expected) - 1;
  }

  /** Highest sequence that was given out. */
  get given(): number {
    return this.#given;
  }

  /** Time of the oldest waiting record; what is not read yet may be younger than said. */
  get oldestMs(): number | undefined {
    return this.#waiting[0]?.timeMs ?? (this.#unread > 0 ? this.#unreadMs : undefined);
  }

  /** Tells when records were stored, so that the age of the oldest is known before it is read. */
  noteStored(count: number, timeMs: number): void {
    if (this.#unread <= count) this.#unreadMs = timeMs;
  }

  /** What was given out is no longer under way. */
  endLease(): void {
    this.#leased = 0;
  }

  /**
   * The oldest records, which stay until acknowledged: at least one if there is any, else as many as fit both bounds.
   */
  async read(maxRecords: number, maxBytes: number): Promise<SpoolRecord[]> {
    const batch: SpoolRecord[] = [];
    let bytes = 0;
    while (batch.length < maxRecords) {
      const record = this.#waiting[batch.length];
      if (record) {
        bytes += record.payload.length;
        if (batch.length > 0 && bytes > maxBytes) break;
        batch.push(record);
      } else if (!(await this.#load())) break;
    }
    this.#leased = batch.at(-1)?.sequence ?? 0;
    this.#given = Math.max(this.#given, this.#leased);
    return batch;
  }

  /** Lets go of the records up to a sequence. */
  acknowledge(sequence: number): void {
    const kept = this.#waiting.findIndex((record) => record.sequence > sequence);
    this.#waiting.splice(0, kept < 0 ? this.#waiting.length : kept);
  }

  /** Gives up what was appended before `limitMs` and is not given out; answers which records that were. */
  async expire(limitMs: number): Promise<LostRecords> {
    const gone: SpoolRecord[] = [];
    for (;;) {
      const first = this.#firstNotLeased();
      let end = first;
      while ((this.#waiting[end]?.timeMs ?? Infinity) < limitMs) end++;
      gone.push(...this.#waiting.splice(first, end - first));
      if (first < this.#waiting.length || !(await this.#load()))
        return { count: gone.length, first: gone[0]?.sequence ?? 0, last: gone.at(-1)?.sequence ?? 0 };
    }
  }

  /** Gives up all up to `last` that is not given out; answers which records that were. */
  drop(last: number): LostRecords {
    const first = this.#firstNotLeased();
    const firstSequence = this.#waiting[first]?.sequence ?? this.#expected;
    const kept = this.#waiting.findIndex((record, index) => index >= first && record.sequence > last);
    const read = this.#waiting.splice(first, (kept < 0 ? this.#waiting.length : kept) - first).length;
    const unread = Math.max(0, last - this.#expected + 1);
    this.#expected += unread;
    return { count: read + unread, first: firstSequence, last };
  }

  get #unread(): number {
    return this.#stored() - this.#expected + 1;
  }

  #firstNotLeased(): number {
    const first = this.#waiting.findIndex(({ sequence }) => sequence > this.#leased);
    return first < 0 ? this.#waiting.length : first;
  }

  /** Takes one step forward; false at the end of the log. */
  async #load(): Promise<boolean> {
    if (this.#unread === 0) return false;
    const segment = this.#segments.find(({ last }) => last >= this.#expected);
    if (!segment) return this.#missing(this.#stored());
    if (segment !== this.#segment) {
      await this.#segment?.close();
      this.#segment = segment;
      this.#offset = SEGMENT_HEADER_BYTES;
      this.#needed = 0;
    }
    if (segment.first > this.#expected) return this.#missing(segment.first - 1);
    if (this.#offset >= segment.size) return this.#missing(segment.last);
    const end = segment.size;
    const place = { firstSequence: segment.first, offset: this.#offset };
    const wanted = Math.min(Math.max(CHUNK_BYTES, this.#needed), end - this.#offset);
    const bytes = await segment.read(this.#offset, wanted);
    // A file that is shorter than it was ends here.
    const fileEnd = bytes.length < wanted ? this.#offset + bytes.length : end;
    const { records, consumed, needed } = decodeRecords(bytes, place, fileEnd);
    this.#offset = fileEnd < end ? end : this.#offset + consumed;
    this.#needed = needed;
    for (const record of records) this.#take(record, segment.last);
    return true;
  }

  #take(record: SpoolRecord, last: number): void {
    const { sequence, timeMs } = record;
    // Done already, or the rest of a failed write whose sequences were given to others.
    if (sequence < this.#expected || sequence > last) return;
    this.#missing(sequence - 1);
    this.#waiting.push(record);
    this.#expected = sequence + 1;
    this.#unreadMs = timeMs;
  }

  /** Counts what should have come up to `last` and did not. */
  #missing(last: number): true {
    const count = last - this.#expected + 1;
    if (count > 0) {
      const first = this.#expected;
      this.#expected += count;
      this.#onDamaged({ count, first, last });
    }
    return true;
  }
}
