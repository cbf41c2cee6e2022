/**
 * A broker takes no larger request either (`socket.request.max.bytes`); text of other protocols reads as far larger.
 */
const MAX_ANSWER_BYTES = 100 * 2 ** 20;
const SIZE_BYTES = 4;

/**
 * Follows the frames of what a broker answers: a size (int32, big-endian), then so many bytes. Sees at once when the
 * bytes can no longer come from a broker, before anybody waits for gigabytes that a stray size promises.
 */
export class AnswerFrames {
  readonly #size = Buffer.alloc(SIZE_BYTES);
  #sizeRead = 0;
  /** Bytes of the frame under way that are still to come. */
  #rest = 0;

  /** The first impossible size in the bytes that come next, if there is one; nothing after it means anything. */
  impossibleSize(chunk: Buffer): number | undefined {
    for (let at = 0; at < chunk.length;) {
      const skipped = Math.min(this.#rest, chunk.length - at);
      at += skipped;
      this.#rest -= skipped;
      if (this.#rest > 0 || at >= chunk.length) break;
      if (this.#sizeRead === 0 && chunk.length - at >= SIZE_BYTES) {
        // Nearly all sizes lie in one piece.
        this.#rest = chunk.readInt32BE(at);
        at += SIZE_BYTES;
        if (this.#isImpossible()) return this.#rest;
        continue;
      }
      const copied = chunk.copy(this.#size, this.#sizeRead, at, at + SIZE_BYTES - this.#sizeRead);
      at += copied;
      this.#sizeRead += copied;
      if (this.#sizeRead < SIZE_BYTES) break;
      this.#sizeRead = 0;
      this.#rest = this.#size.readInt32BE(0);
      if (this.#isImpossible()) return this.#rest;
    }
    return undefined;
  }

  #isImpossible(): boolean {
    return this.#rest < 0 || this.#rest > MAX_ANSWER_BYTES;
  }
}
