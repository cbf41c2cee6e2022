import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { AnswerFrames } from '../../../lib/kafka/answer-frames';
import { seededRandom } from '../../support/seeded-random';

const frame = (length: number, fill: number): Buffer => {
  const bytes = Buffer.alloc(4 + length, fill);
  bytes.writeInt32BE(length, 0);
  return bytes;
};

/** The first impossible size in bytes that arrive in pieces of random length. */
function inPieces(bytes: Buffer, random: () => number): number | undefined {
  const frames = new AnswerFrames();
  for (let at = 0; at < bytes.length;) {
    const to = at + 1 + Math.floor(random() * 9);
    const found = frames.impossibleSize(bytes.subarray(at, to));
    if (found !== undefined) return found;
    at = to;
  }
  return undefined;
}

describe('Frames of a broker', () => {
  it('pass wherever the bytes are cut, whatever is in them; an impossible size behind them is seen', () => {
    const random = seededRandom(11);
    for (let round = 0; round < 300; round++) {
      const count = Math.floor(random() * 6);
      const good = Buffer.concat(Array.from({ length: count }, () => frame(Math.floor(random() * 40), 0xff)));
      assert.equal(inPieces(good, random), undefined);
      for (const [bad, size] of [
        [Buffer.from('HTTP/1.1 400 Bad Request'), 0x48545450],
        [Buffer.from([0xff, 0xff, 0xff, 0xff]), -1],
      ] as const) {
        assert.equal(inPieces(Buffer.concat([good, bad]), random), size);
      }
    }
  });
});
