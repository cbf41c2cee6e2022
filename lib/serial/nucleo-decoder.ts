import type { ByteWindow } from './byte-window';
import { NUCLEO_FRAME_BYTES } from './nucleo-frame';
import type { NucleoModel } from './nucleo-model';

/** Where the first frame begins, and by how many bits that explains the bytes better than any other place. */
export interface FirstFrame {
  /** Offset of its first byte; the number of bytes when there is no frame in them. */
  readonly at: number;
  readonly marginBits: number;
}

const LONGEST_CUT = NUCLEO_FRAME_BYTES - 1;

/**
 * Finds the cheapest explanation of the undecided bytes as a row of frames, frames that lost bytes, and noise, by
 * dynamic programming from the last byte to the first. The last frame may go on behind the bytes.
 */
export class NucleoDecoder {
  readonly #window: ByteWindow;
  readonly #model: NucleoModel;
  /** Cheapest explanation of the bytes from an offset on: any; beginning with a frame; going on with noise. */
  readonly #any: Float64Array;
  readonly #frame: Float64Array;
  readonly #noise: Float64Array;
  /** Cheapest explanation of the bytes before an offset without any frame. */
  readonly #junk: Float64Array;

  constructor(window: ByteWindow, model: NucleoModel, maxBytes: number) {
    this.#window = window;
    this.#model = model;
    this.#any = new Float64Array(maxBytes + 1);
    this.#frame = new Float64Array(maxBytes + 1);
    this.#noise = new Float64Array(maxBytes + 1);
    this.#junk = new Float64Array(maxBytes + 1);
  }

  /** @param quiet the line is silent behind the last byte */
  firstFrame(quiet: boolean): FirstFrame {
    const { length } = this.#window;
    this.#explainFrom(length, quiet);
    this.#explainWithoutFrame(length);
    let at = length;
    let least = this.#junk[length] ?? Infinity;
    let second = Infinity;
    for (let offset = 0; offset < length; offset++) {
      const cost = (this.#junk[offset] ?? Infinity) + (this.#frame[offset] ?? Infinity);
      if (cost < least) {
        second = least;
        least = cost;
        at = offset;
      } else if (cost < second) second = cost;
    }
    return { at, marginBits: second - least };
  }

  #explainFrom(length: number, quiet: boolean): void {
    this.#any[length] = 0;
    this.#noise[length] = 0;
    for (let offset = length - 1; offset >= 0; offset--) {
      const zero = this.#window.at(offset) === 0;
      const frame = zero && this.#model.headerAt(offset) ? this.#frameFrom(offset, length, quiet) : Infinity;
      const begin = zero ? Math.min(frame, this.#cutFrom(offset, length)) : Infinity;
      const onward = this.#noise[offset + 1] ?? 0;
      this.#frame[offset] = frame;
      this.#noise[offset] = Math.min(begin, this.#model.noiseByteBits(false) + onward);
      this.#any[offset] = Math.min(begin, this.#model.noiseByteBits(true) + onward);
    }
  }

  #frameFrom(offset: number, length: number, quiet: boolean): number {
    const end = offset + NUCLEO_FRAME_BYTES;
    if (end > length) {
      return this.#model.frameBits(offset, length - offset) + (quiet ? this.#model.insideBits(length) : 0);
    }
    const rest = this.#model.betweenBits(end, quiet) + (this.#any[end] ?? 0);
    return this.#model.frameBits(offset, NUCLEO_FRAME_BYTES) + rest;
  }

  #cutFrom(offset: number, length: number): number {
    let least = Infinity;
    let cost = 0;
    for (let count = 1; count <= LONGEST_CUT && offset + count <= length; count++) {
      cost += this.#model.cutByteBits(offset, count - 1);
      const end = offset + count;
      least = Math.min(least, cost + this.#model.betweenBits(end, false) + (this.#any[end] ?? 0));
    }
    return least;
  }

  #explainWithoutFrame(length: number): void {
    const junk = this.#junk.fill(Infinity, 0, length + 1);
    junk[0] = 0;
    let noise = Infinity;
    for (let offset = 0; offset < length; offset++) {
      const before = junk[offset] ?? Infinity;
      noise = Math.min(before + this.#model.noiseByteBits(true), noise + this.#model.noiseByteBits(false));
      junk[offset + 1] = Math.min(junk[offset + 1] ?? Infinity, noise);
      if (this.#window.at(offset) !== 0) continue;
      let cost = before;
      for (let count = 1; count <= LONGEST_CUT && offset + count <= length; count++) {
        cost += this.#model.cutByteBits(offset, count - 1);
        const end = offset + count;
        junk[end] = Math.min(junk[end] ?? Infinity, cost + this.#model.betweenBits(end, false));
      }
    }
  }
}
