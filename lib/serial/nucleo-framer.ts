import { ByteWindow } from './byte-window';
import { rejectedBytes, type FrameResult, type Framer } from './framer';
import { NucleoDecoder, type FirstFrame } from './nucleo-decoder';
import { decodeNucleoFrame, NUCLEO_FRAME_BYTES, NUCLEO_HEADER_BYTES } from './nucleo-frame';
import { NucleoModel } from './nucleo-model';
import { NucleoRowCheck } from './nucleo-row-check';
import { implausibility } from './plausible-range';

/** What is known about the bytes behind the last one: more may come, silence so far, or nothing ever. */
type Ending = 'open' | 'quiet' | 'over';
type Decision = 'frame' | 'rival' | 'wait';

const SURE_BITS = 8;
const SURE_AT_END_BITS = 3;
/** Three frames and the header of a fourth: with these bytes every doubt about the first frame is decided. */
const HORIZON_BYTES = 3 * NUCLEO_FRAME_BYTES + NUCLEO_HEADER_BYTES;
/**
 * Numbers of undecided bytes at which a decision is tried: whole first frame, header and unused bytes of the second, whole
 * second … Bytes in between do not tell much, and with fixed points the same bytes give the same readings however they are cut.
 */
const DECISION_POINTS = [1, 2, 3, 4, 22, 26, 32, 44, 48, 66, HORIZON_BYTES];
const nextDecisionAt = (length: number): number => DECISION_POINTS.find((point) => point > length) ?? HORIZON_BYTES;
const WINDOW_BYTES = 256;
const MAX_SHOWN_BYTES = 256;
/** Silences until one is again taken for the end of a frame, after one that fell inside of a frame. */
const SILENCES_BEFORE_TRUST = 2;

const SKIP_REASONS = {
  SERIAL_NOISE: 'lie outside of any frame; if they keep coming, check the baud rate and the frame preset',
  SERIAL_FRAME_CUT_SHORT: 'are a frame that lost others: the next one began before its end; check cable and buffers',
} as const;
type SkipCode = keyof typeof SKIP_REASONS;

export class NucleoFramer implements Framer {
  readonly #window = new ByteWindow(WINDOW_BYTES);
  readonly #model = new NucleoModel(this.#window);
  readonly #decoder = new NucleoDecoder(this.#window, this.#model, WINDOW_BYTES);
  readonly #rowCheck = new NucleoRowCheck(this.#window, this.#model);
  #untrustedSilences = 0;
  #results: FrameResult[] = [];
  #skippedBytes = 0;
  #skipCode: SkipCode = 'SERIAL_NOISE';
  #skipCount = 0;
  readonly #skipShown = Buffer.alloc(MAX_SHOWN_BYTES);

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
      taken += this.#window.append(chunk, taken, nextDecisionAt(length) - length);
      if (this.#window.length === nextDecisionAt(length)) this.#decide('open');
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
    this.#model.reset();
    this.#rowCheck.reset();
    this.#untrustedSilences = 0;
    this.#skipCount = 0;
    this.#results = [];
  }

  #takeResults(): FrameResult[] {
    this.#tellSkipped();
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
    if (this.#undoubted()) return this.#takeFrame(ending !== 'open');
    const first = this.#decoder.firstFrame(ending !== 'open');
    const decision = this.#weigh(first, ending);
    if (decision === 'wait') return false;
    return decision === 'frame' ? this.#takeFrame(ending !== 'open') : this.#skip(first.at, 'SERIAL_FRAME_CUT_SHORT');
  }

  /** True when nothing inside of the frame at 0 may be the header of another. */
  #undoubted(): boolean {
    for (let i = 1; i < NUCLEO_FRAME_BYTES; i++) {
      if (this.#window.at(i) === 0 && this.#model.headerAt(i) && this.#model.usual(i)) return false;
    }
    return this.#model.plausible(0);
  }

  #weigh(first: FirstFrame, ending: Ending): Decision {
    const { length } = this.#window;
    const whole = first.at === 0;
    const row = this.#isUnbrokenRow();
    const sure = first.marginBits >= (ending === 'over' ? SURE_AT_END_BITS : SURE_BITS);
    if (whole && sure) return 'frame';
    if (row) {
      if (length >= HORIZON_BYTES) return 'frame';
      const trusted =
        ending === 'over' ||
        (ending === 'quiet' && this.#untrustedSilences === 0 && !this.#window.silenceBefore(first.at));
      if (length % NUCLEO_FRAME_BYTES === 0 && trusted) return 'frame';
      return ending === 'over' ? (whole ? 'frame' : 'rival') : 'wait';
    }
    if (length >= HORIZON_BYTES || ending === 'over') return whole ? 'frame' : 'rival';
    return !whole && sure ? 'rival' : 'wait';
  }

  #isUnbrokenRow(): boolean {
    for (let at = 0; at < this.#window.length; at += NUCLEO_FRAME_BYTES) {
      if (!this.#model.headerAt(at) || !this.#model.usual(at) || !this.#model.plausible(at)) return false;
    }
    return true;
  }

  #takeFrame(quiet: boolean): true {
    const misplacedBy = this.#rowCheck.misplacedBy();
    if (misplacedBy > 0) {
      this.#model.reset();
      this.#rowCheck.reset();
      return this.#skip(misplacedBy, 'SERIAL_FRAME_CUT_SHORT');
    }
    this.#tellSkipped();
    const bytes = this.#window.first(NUCLEO_FRAME_BYTES);
    const values = decodeNucleoFrame(bytes);
    if (this.#model.plausible(0)) {
      this.#results.push({ kind: 'reading', values });
    } else {
      const reasons = Object.entries(values).map(([key, value]) => implausibility(key, value as number) ?? '');
      const message = `the frame was rejected: ${reasons.filter((reason) => reason !== '').join(', ')}`;
      this.#results.push(rejectedBytes('SERIAL_OUT_OF_RANGE', message, bytes));
      this.#skippedBytes += bytes.length;
    }
    this.#model.learn(quiet && this.#window.length === NUCLEO_FRAME_BYTES);
    this.#window.drop(NUCLEO_FRAME_BYTES);
    return true;
  }

  #skip(count: number, code: SkipCode): true {
    if (code !== this.#skipCode) this.#tellSkipped();
    this.#skipCode = code;
    const room = MAX_SHOWN_BYTES - this.#skipCount;
    if (room > 0) this.#skipShown.set(this.#window.first(Math.min(count, room)), this.#skipCount);
    this.#skipCount += count;
    this.#skippedBytes += count;
    this.#window.drop(count);
    return true;
  }

  /** One result for all bytes that were skipped in a row. */
  #tellSkipped(): void {
    if (this.#skipCount === 0) return;
    const shown = this.#skipShown.subarray(0, Math.min(this.#skipCount, MAX_SHOWN_BYTES));
    const message = `${this.#skipCount} bytes ${SKIP_REASONS[this.#skipCode]}`;
    this.#results.push(rejectedBytes(this.#skipCode, message, shown, this.#skipCount));
    this.#skipCount = 0;
  }
}
