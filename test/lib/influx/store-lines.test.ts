import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { storeLines, type FinalDecision } from '../../../lib/influx/store-lines';
import { seededRandom } from '../../support/seeded-random';

type Attempt = (lines: readonly string[]) => FinalDecision;

/** Runs `storeLines` on a rule of answers; tells what was stored, in which order, and by how many requests. */
async function store(lines: readonly string[], attempt: Attempt) {
  const stored: string[] = [];
  let requests = 0;
  const errors = await storeLines(lines, async (part) => {
    requests++;
    const decision = attempt(part);
    if (decision.kind === 'accept') stored.push(...part);
    return Promise.resolve(decision);
  });
  return { stored, requests, refused: lines.filter((_, index) => errors[index]), errors };
}

const conflicts = (line: string): boolean => line.startsWith('conflict');
const malformed = (line: string): boolean => line.startsWith('malformed');
const bad = (line: string): boolean => conflicts(line) || malformed(line);

/** As 1.6.7 answers: of two faults only the type conflict is named, and its count leaves out the malformed lines. */
const likeVersion1: Attempt = (part) => {
  const dropped = part.filter(conflicts).length;
  if (dropped > 0) return { kind: 'bisect', reason: 'field type conflict', dropped };
  const quoted = part.filter(malformed);
  if (quoted.length > 0) return { kind: 'reject', lines: new Map(quoted.map((line) => [line, 'unable to parse'])) };
  return { kind: 'accept' };
};

/** As 2.8.0 answers: of two faults only the malformed lines are named, and nothing is stored. */
const likeVersion2: Attempt = (part) => {
  const quoted = part.filter(malformed);
  if (quoted.length > 0) return { kind: 'reject', lines: new Map(quoted.map((line) => [line, 'unable to parse'])) };
  const dropped = part.filter(conflicts).length;
  return dropped > 0 ? { kind: 'bisect', reason: 'field type conflict', dropped } : { kind: 'accept' };
};

/** Batches of up to 200 lines, each line bad by a chance that varies from batch to batch. */
function randomBatch(random: () => number): string[] {
  const share = random() ** 3;
  return Array.from({ length: Math.ceil(random() * 200) }, (_, index) => {
    const kind = random() < share ? (random() < 0.5 ? 'conflict' : 'malformed') : 'good';
    return `${kind} ${index}`;
  });
}

for (const [name, attempt] of [
  ['1.6.7', likeVersion1],
  ['2.8.0', likeVersion2],
] as const) {
  describe(`storing a batch on a server that answers like ${name}`, () => {
    it('stores every good line and refuses exactly the bad ones, wherever they stand', async () => {
      const random = seededRandom(4);
      for (let round = 0; round < 500; round++) {
        const lines = randomBatch(random);
        const { stored, refused } = await store(lines, attempt);
        assert.deepEqual(
          stored,
          lines.filter((line) => !bad(line)),
        );
        assert.deepEqual(refused, lines.filter(bad));
      }
    });

    it('finds one bad line among 5,000 by few requests', async () => {
      for (const place of [0, 1, 2_499, 2_500, 4_999]) {
        const lines = Array.from({ length: 5_000 }, (_, index) => (index === place ? 'conflict' : `good ${index}`));
        const { requests, refused } = await store(lines, attempt);
        assert.deepEqual(refused, ['conflict']);
        assert.ok(requests <= 2 * Math.ceil(Math.log2(5_000)) + 1, `${requests} requests`);
      }
    });

    it('needs one request for a batch in which every line is refused for the same reason', async () => {
      const { requests, refused } = await store(
        Array.from({ length: 5_000 }, (_, index) => `conflict ${index}`),
        attempt,
      );
      assert.equal(requests, 1);
      assert.equal(refused.length, 5_000);
    });
  });
}

describe('storing a batch', () => {
  it('sends it once when it is accepted', async () => {
    const { requests, stored } = await store(['a', 'b', 'c'], () => ({ kind: 'accept' }));
    assert.equal(requests, 1);
    assert.deepEqual(stored, ['a', 'b', 'c']);
  });

  it('sends nothing at all for no lines', async () => {
    const { requests } = await store([], () => ({ kind: 'accept' }));
    assert.equal(requests, 0);
  });

  it('halves what is too large, keeps the order, and refuses a single line that is too large', async () => {
    const lines = ['a', 'b', 'large', 'c', 'd'];
    const { stored, errors } = await store(lines, (part) =>
      part.length > 2 || part.includes('large') ? { kind: 'shrink', reason: '413' } : { kind: 'accept' },
    );
    assert.deepEqual(stored, ['a', 'b', 'c', 'd']);
    assert.deepEqual(
      errors.map((error) => error?.code),
      [undefined, undefined, 'INFLUX_POINT_TOO_LARGE', undefined, undefined],
    );
  });

  it('looks for the bad line itself when the server quotes one that was not sent', async () => {
    const { stored, errors } = await store(['a', 'odd', 'b'], (part) =>
      part.includes('odd') ? { kind: 'reject', lines: new Map([['o', 'cut']]) } : { kind: 'accept' },
    );
    assert.deepEqual(stored, ['a', 'b']);
    assert.match(String(errors[1]), /INFLUX|refused the point odd/);
  });

  it('says which point was refused and why, without the whole of a long line', async () => {
    const line = `m f="${'x'.repeat(10_000)}" 1`;
    const { errors } = await store([line], () => ({ kind: 'bisect', reason: 'too long' }));
    assert.equal(errors[0]?.code, 'INFLUX_POINT_REFUSED');
    assert.equal(errors[0]?.retryable, false);
    assert.match(errors[0]?.message ?? '', /^InfluxDB refused the point m f="x+ …: too long$/);
    assert.ok((errors[0]?.message.length ?? 0) < 400);
  });
});
