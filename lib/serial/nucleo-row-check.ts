import type { ByteWindow } from './byte-window';
import { NUCLEO_FRAME_BYTES, NUCLEO_HEADER_BYTES, NUCLEO_UNUSED_BYTES, NUCLEO_VALUES_AT } from './nucleo-frame';
import type { NucleoModel } from './nucleo-model';

/** Frames in a row that must speak for another place before an unbroken row of frames is given up. */
const FRAMES_BEFORE_SHIFT = 3;

/**
 * A row of frames may be unbroken and yet begin at the wrong byte, when the very first frame lost an even number of
 * bytes: zeros of each header are then taken for the last values. Two things in every frame of the row give it away:
 * the line falls silent inside of the frame and never between frames; or the last values are always 0 and the unused
 * bytes vary, while a row that begins at those zeros has constant unused bytes and no value of 0.
 *
 * A board whose last unused bytes count frames while its last sensor reports exactly 0 looks the same in a stream
 * without pauses, and is then misread.
 */
export class NucleoRowCheck {
  readonly #window: ByteWindow;
  readonly #model: NucleoModel;
  readonly #silence = new Streak();
  readonly #zeros = new Streak();
  readonly #unused = new Uint8Array(NUCLEO_UNUSED_BYTES);
  readonly #shiftedUnused = new Uint8Array(NUCLEO_UNUSED_BYTES);
  #unusedVary = false;

  constructor(window: ByteWindow, model: NucleoModel) {
    this.#window = window;
    this.#model = model;
  }

  reset(): void {
    this.#silence.reset();
    this.#zeros.reset();
  }

  /** The offset in the whole frame at 0 where the next frame really begins, 0 while nothing speaks against the row. */
  misplacedBy(): number {
    const bySilence = this.#silence.note(this.#headerAfterSilence()) >= FRAMES_BEFORE_SHIFT;
    if (bySilence) return this.#silence.what;
    const tail = this.#zeroTail();
    const plausible = !this.#window.silenceBefore(0) && (tail !== this.#zeros.what || this.#shiftedRowFits(tail));
    const length = this.#zeros.note(plausible ? tail : 0);
    if (length <= 1) this.#unusedVary = false;
    this.#remember(tail);
    return length > FRAMES_BEFORE_SHIFT && this.#unusedVary ? NUCLEO_FRAME_BYTES - tail : 0;
  }

  /** The offset of the only silence inside of the frame, if a header follows it and no silence was before the frame. */
  #headerAfterSilence(): number {
    let found = 0;
    if (this.#window.silenceBefore(0)) return 0;
    for (let i = 1; i < NUCLEO_FRAME_BYTES; i++) {
      if (!this.#window.silenceBefore(i)) continue;
      if (found > 0) return 0;
      found = i;
    }
    return found > 0 && this.#model.headerAt(found) ? found : 0;
  }

  /** How many bytes of 0 the frame ends with, if they are whole values. */
  #zeroTail(): number {
    let at = NUCLEO_FRAME_BYTES;
    while (at > NUCLEO_VALUES_AT && this.#window.at(at - 1) === 0) at--;
    const tail = NUCLEO_FRAME_BYTES - at;
    return tail % 2 === 0 ? tail : 0;
  }

  /** Does a row that begins `tail` bytes earlier fit as well, with constant unused bytes and without values of 0? */
  #shiftedRowFits(tail: number): boolean {
    if (tail === 0 || tail > NUCLEO_HEADER_BYTES + NUCLEO_UNUSED_BYTES) return false;
    for (let i = 0; i < NUCLEO_UNUSED_BYTES; i++) {
      if (this.#unusedAt(i - tail) !== this.#shiftedUnused[i]) return false;
      if (this.#unusedAt(i) !== this.#unused[i]) this.#unusedVary = true;
    }
    return this.#model.isPlausible(-tail) && this.#model.zeroValues(-tail) === 0;
  }

  #remember(tail: number): void {
    for (let i = 0; i < NUCLEO_UNUSED_BYTES; i++) {
      this.#unused[i] = this.#unusedAt(i);
      this.#shiftedUnused[i] = this.#unusedAt(i - tail);
    }
  }

  /** Bytes before the frame are the zeros that the one before it ended with. */
  #unusedAt(index: number): number {
    const at = NUCLEO_HEADER_BYTES + index;
    return at < 0 ? 0 : this.#window.at(at);
  }
}

/** Counts how often the same thing was seen in a row; 0 stands for nothing. */
class Streak {
  what = 0;
  #count = 0;

  note(what: number): number {
    this.#count = what === this.what ? this.#count + 1 : 1;
    this.what = what;
    return what === 0 ? 0 : this.#count;
  }

  reset(): void {
    this.what = 0;
    this.#count = 0;
  }
}
