import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { encodePoint } from '../../lib/influx/line-protocol';
import { encodeReading } from '../../lib/reading/reading-codec';
import { createFramer, frameFormats } from '../../lib/serial/frame-format';
import { garbageCollector } from '../support/collect-garbage';
import { seededRandom } from '../support/seeded-random';
import { attempt } from './fuzz';
import { bytesOf } from './material';

const collectGarbage = garbageCollector();
const MEGABYTE = 2 ** 20;
/** What the machinery of a test may keep by itself. */
const SLACK_BYTES = 4 * MEGABYTE;

/** Bytes that are in use after the work and were not before. */
async function keptBytes(work: () => void): Promise<number> {
  const used = async (): Promise<number> => {
    // Buffers are given back a turn after the objects that held them.
    for (let round = 0; round < 3; round++) {
      collectGarbage();
      await nextTurn();
    }
    const { heapUsed, arrayBuffers } = process.memoryUsage();
    return heapUsed + arrayBuffers;
  };
  const before = await used();
  work();
  return (await used()) - before;
}

describe('memory', () => {
  for (const format of frameFormats) {
    for (const chunkBytes of [1, 700, 65_536]) {
      it(`of a ${format} framer is bounded on endless garbage in chunks of ${chunkBytes} bytes`, async () => {
        const framer = createFramer({ format });
        // No line end, so that no frame ever ends.
        const garbage = bytesOf(seededRandom(5), Buffer.from('x\0\0\0\0y'), 65_536).map((byte) =>
          byte === 10 || byte === 13 ? 0 : byte,
        );
        const total = Math.min(chunkBytes * 100_000, (format === 'nucleo' ? 0.25 : 16) * MEGABYTE);
        const kept = await keptBytes(() => {
          for (let pushed = 0; pushed < total; pushed += chunkBytes) {
            const from = pushed % garbage.length;
            framer.push(garbage.subarray(from, from + chunkBytes));
          }
        });
        assert.ok(
          kept < SLACK_BYTES + framer.pendingBytes * 200,
          `${kept} bytes are kept, ${framer.pendingBytes} of them pending`,
        );
      });
    }
  }

  it('does not grow with names that are made up per message', async () => {
    const kept = await keptBytes(() => {
      for (let n = 0; n < 3_000; n++) {
        const name = `${n} ${'x'.repeat(20_000)}`;
        encodeReading({ [name]: 1 });
        encodePoint({ measurement: name, tags: { [name]: name }, fields: { [name]: 1 } }, 0);
      }
    });
    assert.ok(kept < SLACK_BYTES, `${kept} bytes are kept`);
  });

  it('does not grow with names that are refused', async () => {
    const kept = await keptBytes(() => {
      for (let n = 0; n < 3_000; n++)
        attempt(() => encodePoint({ measurement: `#${n}`, tags: {}, fields: { f: NaN } }, 0));
    });
    assert.ok(kept < SLACK_BYTES, `${kept} bytes are kept`);
  });
});
