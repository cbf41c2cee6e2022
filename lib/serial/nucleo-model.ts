import type { ByteWindow } from './byte-window';
import { LearntShare } from './learnt-share';
import {
  NUCLEO_FRAME_BYTES,
  NUCLEO_HEADER_BYTES,
  NUCLEO_MAX_RAW,
  NUCLEO_UNUSED_BYTES,
  NUCLEO_VALUES_AT,
} from './nucleo-frame';

/*
 * All costs are bits: minus log2 of how probable a sender, or the way to us, makes what is seen.
 */
const BYTE_BITS = 8;
/** A frame lost bytes, or bytes of another origin begin (one frame in 1,000). */
const DAMAGE_BITS = 10;
/** A sensor reports a value out of its range (one in 1,000), which then may be anything. */
const FAULT_BITS = 10 + 2 * BYTE_BITS;
/** Before any frame was seen, unused bytes are more often 0 than anything else. */
const FIRST_ZERO_BITS = 2;
const FIRST_OTHER_BITS = 8.4;
/** An unused byte that was the same in so many frames, and never another, is taken for constant. */
const SAME_BEFORE_CONSTANT = 3;
/** Values of two frames that follow each other are mostly this near (2 degrees, 5 per cent), in hundredths. */
const NEAR_RAW = [200, 500, 200, 500, 200, 500] as const;
const NEAR_BITS = NEAR_RAW.map((raw) => Math.log2(2 * raw + 1));
const RANGE_BITS = NUCLEO_MAX_RAW.map((raw) => Math.log2(raw + 1));
const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;
const MEAN_NEAR_BITS = mean(NEAR_BITS);
const MEAN_RANGE_BITS = mean(RANGE_BITS);

/**
 * What the sender is like, learnt from the frames so far: its unused bytes, its last values, whether values move
 * slowly, and where it is silent. Gives the cost of taking bytes of the window for a frame or for something else.
 * Offsets count from the first undecided byte.
 */
export class NucleoModel {
  readonly #window: ByteWindow;
  readonly #unused = new Uint8Array(NUCLEO_UNUSED_BYTES);
  /** For how many frames each unused byte was the same; -1 once it was not. */
  readonly #sameFor = new Int32Array(NUCLEO_UNUSED_BYTES);
  readonly #values = new Uint16Array(NUCLEO_MAX_RAW.length);
  readonly #sameUnused = new LearntShare(0.7);
  readonly #nearValue = new LearntShare(0.5);
  readonly #silenceBetween = new LearntShare(0.5);
  readonly #silenceInside = new LearntShare(0.02);
  #known = false;

  constructor(window: ByteWindow) {
    this.#window = window;
  }

  reset(): void {
    this.#known = false;
    this.#sameFor.fill(0);
    for (const share of [this.#sameUnused, this.#nearValue, this.#silenceBetween, this.#silenceInside]) share.reset();
  }

  /** False when the bytes that are there refute a header at the offset. */
  headerAt(offset: number): boolean {
    for (let i = offset; i < offset + NUCLEO_HEADER_BYTES; i++) if (this.#window.at(i) > 0) return false;
    return true;
  }

  /** False when a value that is whole is out of range. */
  isPlausible(offset: number): boolean {
    for (let field = 0; field < NUCLEO_MAX_RAW.length; field++) {
      if (this.#wholeRaw(offset, field) > (NUCLEO_MAX_RAW[field] ?? 0)) return false;
    }
    return true;
  }

  /** How many of the whole values are exactly 0. */
  zeroValues(offset: number): number {
    let zeros = 0;
    for (let field = 0; field < NUCLEO_MAX_RAW.length; field++) if (this.#wholeRaw(offset, field) === 0) zeros++;
    return zeros;
  }

  /** False when an unused byte is not what it has been in every frame so far. */
  isUsual(offset: number): boolean {
    for (let i = 0; i < NUCLEO_UNUSED_BYTES; i++) {
      if ((this.#sameFor[i] ?? 0) < SAME_BEFORE_CONSTANT) continue;
      const byte = this.#window.at(offset + NUCLEO_HEADER_BYTES + i);
      if (byte >= 0 && byte !== this.#unused[i]) return false;
    }
    return true;
  }

  /** Cost of `count` bytes from an offset as a frame that is whole or goes on behind them. */
  frameBits(offset: number, count: number): number {
    let cost = 0;
    for (let i = 1; i < count; i++) cost += this.insideBits(offset + i);
    for (let i = 0; i < NUCLEO_UNUSED_BYTES && NUCLEO_HEADER_BYTES + i < count; i++) {
      cost += this.#unusedBits(this.#window.at(offset + NUCLEO_HEADER_BYTES + i), i, offset);
    }
    for (let field = 0; NUCLEO_VALUES_AT + 2 * field + 1 < count; field++) {
      cost += this.#valueBits(offset + NUCLEO_VALUES_AT + 2 * field, field);
    }
    return cost;
  }

  /** Cost of the byte `index` bytes behind the first of a frame that lost bytes. */
  cutByteBits(offset: number, index: number): number {
    const byte = this.#window.at(offset + index);
    const before = index === 0 ? DAMAGE_BITS : this.insideBits(offset + index);
    if (index < NUCLEO_HEADER_BYTES) return before + (byte === 0 ? 0 : BYTE_BITS);
    if (index < NUCLEO_VALUES_AT) return before + this.#unusedBits(byte, index - NUCLEO_HEADER_BYTES, offset);
    return before + this.#valueByteBits();
  }

  noiseByteBits(first: boolean): number {
    return first ? DAMAGE_BITS + BYTE_BITS : BYTE_BITS;
  }

  /** Cost of a boundary between frames before the byte at an offset. */
  betweenBits(offset: number, quiet: boolean): number {
    const { length } = this.#window;
    if (offset >= length && !quiet) return 0;
    const silent = offset >= length || this.#window.silenceBefore(offset);
    return silent ? this.#silenceBetween.yesBits : this.#silenceBetween.noBits;
  }

  /** Cost of no boundary before the byte at an offset. */
  insideBits(offset: number): number {
    const silent = offset >= this.#window.length || this.#window.silenceBefore(offset);
    return silent ? this.#silenceInside.yesBits : this.#silenceInside.noBits;
  }

  /** Takes note of the whole frame at 0. */
  learn(quiet: boolean): void {
    let inside = 0;
    for (let i = 1; i < NUCLEO_FRAME_BYTES; i++) if (this.#window.silenceBefore(i)) inside++;
    this.#silenceInside.learn(inside / (NUCLEO_FRAME_BYTES - 1));
    if (quiet || this.#window.length > NUCLEO_FRAME_BYTES) {
      this.#silenceBetween.learn(Number(quiet || this.#window.silenceBefore(NUCLEO_FRAME_BYTES)));
    }
    for (let i = 0; i < NUCLEO_UNUSED_BYTES; i++) {
      const byte = this.#window.at(NUCLEO_HEADER_BYTES + i);
      const same = byte === this.#unused[i];
      const sameFor = this.#sameFor[i] ?? 0;
      if (this.#known) this.#sameUnused.learn(Number(same));
      this.#sameFor[i] = !this.#known ? 1 : same && sameFor > 0 ? sameFor + 1 : -1;
      this.#unused[i] = byte;
    }
    for (let field = 0; field < NUCLEO_MAX_RAW.length; field++) {
      const raw = this.#rawAt(NUCLEO_VALUES_AT + 2 * field);
      if (this.#known) this.#nearValue.learn(Number(this.#isNear(raw, field)));
      this.#values[field] = raw;
    }
    this.#known = true;
  }

  #wholeRaw(offset: number, field: number): number {
    const at = offset + NUCLEO_VALUES_AT + 2 * field;
    return at + 1 < this.#window.length ? this.#rawAt(at) : -1;
  }

  #rawAt(at: number): number {
    return (this.#window.at(at) << 8) | this.#window.at(at + 1);
  }

  #isNear(raw: number, field: number): boolean {
    return Math.abs(raw - (this.#values[field] ?? 0)) <= (NEAR_RAW[field] ?? 0);
  }

  /** Until a frame was accepted, later frames are compared with the one at 0, be it whole or not. */
  #unusedBits(byte: number, index: number, frame: number): number {
    if (!this.#known && frame < NUCLEO_VALUES_AT) return byte === 0 ? FIRST_ZERO_BITS : FIRST_OTHER_BITS;
    const last = this.#known ? this.#unused[index] : this.#window.at(NUCLEO_HEADER_BYTES + index);
    return byte === last ? this.#sameUnused.yesBits : this.#sameUnused.noBits + BYTE_BITS;
  }

  #valueBits(at: number, field: number): number {
    const raw = this.#rawAt(at);
    if (this.#known && this.#isNear(raw, field)) return this.#nearValue.yesBits + (NEAR_BITS[field] ?? 0);
    if (raw > (NUCLEO_MAX_RAW[field] ?? 0)) return FAULT_BITS;
    return (this.#known ? this.#nearValue.noBits : 0) + (RANGE_BITS[field] ?? 0);
  }

  /** Mean cost of a byte of a value, since in a frame that lost bytes no place is known. */
  #valueByteBits(): number {
    if (!this.#known) return MEAN_RANGE_BITS / 2;
    const { share, yesBits, noBits } = this.#nearValue;
    return (share * (yesBits + MEAN_NEAR_BITS) + (1 - share) * (noBits + MEAN_RANGE_BITS)) / 2;
  }
}
