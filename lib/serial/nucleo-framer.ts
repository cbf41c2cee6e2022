import { ByteWindow } from './byte-window';
import { rejectedBytes, type FrameResult, type Framer, type RejectedBytes } from './framer';
import { NucleoDecoder, type FirstFrame } from './nucleo-decoder';
import { decodeNucleoFrame, NUCLEO_FRAME_BYTES, NUCLEO_HEADER_BYTES } from './nucleo-frame';
import { NucleoModel } from './nucleo-model';
import { NucleoRowCheck } from './nucleo-row-check';
import { implausibility } from './plausible-range';
import { SkippedBytes } from './skipped-bytes';

/** What is known about the bytes behind the last one: more may come, silence so far, or nothing ever. */
type Ending = 'open' | 'quiet' | 'over';
type Decision = 'frame' | 'skip' | 'wait';

/** How much better an explanation must be than any other to be believed at once: one error in 256, and in 8. */
const SURE_BITS = 8;
const SURE_AT_END_BITS = 3;
/** Three frames and the header of a fourth: with these bytes every doubt about the first frame is decided. */
const HORIZON_BYTES = 3 * NUCLEO_FRAME_BYTES + NUCLEO_HEADER_BYTES;
/** The first frame, and of the next one header and unused bytes: what most doubts need. */
const NEXT_HEAD_BYTES = 32;
/**
 * Numbers of undecided bytes at which a decision is tried. Bytes in between tell little, and with fixed points the same
 * bytes give the same readings however they are cut.
 */
const DECISION_POINTS = [1, 2, 3, 4, NUCLEO_FRAME_BYTES, 26, NEXT_HEAD_BYTES, 44, 48, 66, HORIZON_BYTES];
const WINDOW_BYTES = 256;
/** Silences until one is again taken for the end of a frame, after one that fell inside of a frame. */
const SILENCES_BEFORE_TRUST = 2;

/**
 * Finds the frames of the Nucleo board (layout above its codec) in a stream of bytes.
 *
 * The frame has no checksum, and its header of four zeros may as well be a part of its unused bytes or of values of
 * 0. So 22 bytes behind a header are given out as a reading only when the bytes leave no doubt:
 *
 * 1. Every value must be one that the sensor can report.
 * 2. Where no other header can begin inside of the 22 bytes, none of them was lost: a frame that lost bytes ends
 *    early, and its 22 bytes reach into the header of the next. This is so for nearly every frame, and the reading is
 *    given out with its last byte: a board that sends one frame a second must not be read a second late.
 * 3. Otherwise the cheapest explanation of the bytes decides, by what the sender was like so far (`NucleoModel`), as
 *    soon as it is clearly the best one. More bytes are awaited until then, three frames at most; a silence at the
 *    end of the frame settles it too.
 * 4. An unbroken row of frames is believed even where another explanation is cheaper: a clean stream is read to its
 *    last frame, whatever the values are. `NucleoRowCheck` finds the rare row that begins at the wrong byte.
 *
 * What cannot be seen: a changed byte that leaves a value in its range; a byte inserted among the values; bytes lost
 * from two frames in a row where the second lost its header. What is seen late or not at all in a stream without
 * pauses: bytes lost from the first three frames, or from a board whose last sensors always report exactly 0; a frame
 * beside noise, where the noise holds zeros, or where values are 0 or jump about so that nothing tells them from noise.
 */
export class NucleoFramer implements Framer {
  readonly #window = new ByteWindow(WINDOW_BYTES);
  readonly #model = new NucleoModel(this.#window);
  readonly #decoder = new NucleoDecoder(this.#window, this.#model, WINDOW_BYTES);
  readonly #rowCheck = new NucleoRowCheck(this.#window, this.#model);
  readonly #skipped = new SkippedBytes({
    SERIAL_NOISE: 'outside of any frame; if they keep coming, check the baud rate and the frame preset',
    SERIAL_FRAME_CUT_SHORT: 'of a frame that lost others on its way; check the cable and the load of this machine',
  });
  #untrustedSilences = 0;
  #results: FrameResult[] = [];
  #skippedBytes = 0;

  get skippedBytes(): number {
    return this.#skippedBytes;
  }

  get pendingBytes(): number {
    return this.#window.length;
  }

  push(chunk: Uint8Array): FrameResult[] {
    let taken = 0;
    while (taken < chunk.length) {
      const { length } = this.#window;
      const point = DECISION_POINTS.find((bytes) => bytes > length) ?? HORIZON_BYTES;
      taken += this.#window.append(chunk, taken, point - length);
      if (this.#window.length === point) this.#decide('open');
    }
    return this.#takeResults();
  }

  quiet(): FrameResult[] {
    this.#decide('quiet');
    const { length } = this.#window;
    if (length > 0 && length < NUCLEO_FRAME_BYTES) this.#untrustedSilences = SILENCES_BEFORE_TRUST;
    else if (this.#untrustedSilences > 0) this.#untrustedSilences--;
    this.#window.markSilence();
    return this.#takeResults();
  }

  end(): FrameResult[] {
    this.#decide('over');
    return this.#takeResults();
  }

  reset(): void {
    this.#window.clear();
    this.#forgetSender();
    this.#untrustedSilences = 0;
    this.#skipped.take();
    this.#results = [];
  }

  #takeResults(): FrameResult[] {
    this.#tell(this.#skipped.take());
    const results = this.#results;
    this.#results = [];
    return results;
  }

  #decide(ending: Ending): void {
    while (this.#window.length > 0 && this.#step(ending));
  }

  /** Decides about the first undecided bytes; false when only more bytes can tell. */
  #step(ending: Ending): boolean {
    const { length } = this.#window;
    if (!this.#model.headerAt(0)) return this.#skip(1, 'SERIAL_NOISE');
    if (length < NUCLEO_FRAME_BYTES) return ending === 'over' && this.#skip(length, 'SERIAL_FRAME_CUT_SHORT');
    if (this.#isUndoubted()) return this.#takeFrame(ending);
    const row = this.#isUnbrokenRow();
    if (row && length >= HORIZON_BYTES) return this.#takeFrame(ending);
    if (row && ending === 'open' && length > NEXT_HEAD_BYTES) return false;
    const first = this.#decoder.firstFrame(ending !== 'open');
    const decision = row ? this.#weighRow(first, ending) : this.#weigh(first, ending);
    if (decision === 'wait') return false;
    return decision === 'frame' ? this.#takeFrame(ending) : this.#skip(first.at, 'SERIAL_FRAME_CUT_SHORT');
  }

  /** True when nothing inside of the frame at 0 may be the header of another. */
  #isUndoubted(): boolean {
    for (let i = 1; i < NUCLEO_FRAME_BYTES; i++) {
      if (this.#window.at(i) === 0 && this.#model.headerAt(i) && this.#model.isUsual(i)) return false;
    }
    return this.#model.isPlausible(0);
  }

  /** True when frames that fit follow each other from the first byte to the last. */
  #isUnbrokenRow(): boolean {
    for (let at = 0; at < this.#window.length; at += NUCLEO_FRAME_BYTES) {
      if (!this.#model.headerAt(at) || !this.#model.isUsual(at) || !this.#model.isPlausible(at)) return false;
    }
    return true;
  }

  #weighRow(first: FirstFrame, ending: Ending): Decision {
    const whole = first.at === 0;
    if (whole && first.marginBits >= (ending === 'over' ? SURE_AT_END_BITS : SURE_BITS)) return 'frame';
    const silenceTells = this.#untrustedSilences === 0 && !this.#window.silenceBefore(first.at);
    const endsHere = this.#window.length % NUCLEO_FRAME_BYTES === 0;
    if (endsHere && (ending === 'over' || (ending === 'quiet' && silenceTells))) return 'frame';
    if (ending === 'over') return whole ? 'frame' : 'skip';
    return 'wait';
  }

  #weigh(first: FirstFrame, ending: Ending): Decision {
    const decided = this.#window.length >= HORIZON_BYTES || ending === 'over';
    if (!decided && first.marginBits < SURE_BITS) return 'wait';
    return first.at === 0 ? 'frame' : 'skip';
  }

  #takeFrame(ending: Ending): true {
    const misplacedBy = this.#rowCheck.misplacedBy();
    if (misplacedBy > 0) {
      this.#forgetSender();
      return this.#skip(misplacedBy, 'SERIAL_FRAME_CUT_SHORT');
    }
    this.#tell(this.#skipped.take());
    const bytes = this.#window.first(NUCLEO_FRAME_BYTES);
    const values = decodeNucleoFrame(bytes);
    const reasons = Object.entries(values).flatMap(([key, value]) => implausibility(key, value as number) ?? []);
    if (reasons.length === 0) this.#results.push({ kind: 'reading', values });
    else {
      const message = `the frame was rejected: ${reasons.join(', ')}`;
      this.#tell(rejectedBytes('SERIAL_OUT_OF_RANGE', message, bytes));
      this.#skippedBytes += NUCLEO_FRAME_BYTES;
    }
    this.#model.learn(ending !== 'open' && this.#window.length === NUCLEO_FRAME_BYTES);
    this.#window.drop(NUCLEO_FRAME_BYTES);
    return true;
  }

  #forgetSender(): void {
    this.#model.reset();
    this.#rowCheck.reset();
  }

  #skip(count: number, code: 'SERIAL_NOISE' | 'SERIAL_FRAME_CUT_SHORT'): true {
    this.#tell(this.#skipped.add(this.#window.first(count), code));
    this.#skippedBytes += count;
    this.#window.drop(count);
    return true;
  }

  #tell(rejected: RejectedBytes | undefined): void {
    if (rejected) this.#results.push(rejected);
  }
}
