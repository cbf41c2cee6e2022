import assert from 'node:assert/strict';
import { test } from 'node:test';
import { NaturalBatcher, type BatchOutcome } from '../../../lib/delivery/natural-batcher';
import { TwinError } from '../../../lib/reading/twin-error';
import { seededRandom } from '../../support/seeded-random';

const accept = (items: readonly number[]): BatchOutcome<number>[] => items.map((value) => ({ ok: true, value }));
const tick = () => new Promise<void>((resolve) => setImmediate(resolve));

/** A flush that records its batches and ends only when told. */
function gatedFlush() {
  const batches: number[][] = [];
  const gates: (() => void)[] = [];
  const flush = async (items: readonly number[], signal: AbortSignal): Promise<BatchOutcome<number>[]> => {
    batches.push([...items]);
    await new Promise<void>((resolve, reject) => {
      gates.push(resolve);
      signal.addEventListener('abort', () => reject(signal.reason as Error));
    });
    return accept(items);
  };
  return { batches, flush, open: () => gates.shift()?.() };
}

test('what is there goes at once; what arrives meanwhile makes the next batch', async () => {
  const { batches, flush, open } = gatedFlush();
  const batcher = new NaturalBatcher(flush, { maxItems: 100 });
  const added = [1, 2, 3].map((item) => batcher.add(item));
  await tick();
  assert.deepEqual(batches, [[1, 2, 3]]);
  added.push(batcher.add(4));
  await tick();
  added.push(batcher.add(5));
  await tick();
  assert.equal(batches.length, 1, 'one batch under way at a time');
  assert.deepEqual([batcher.inFlight, batcher.queued], [3, 2]);
  open();
  await tick();
  assert.deepEqual(batches, [
    [1, 2, 3],
    [4, 5],
  ]);
  open();
  assert.deepEqual(await Promise.all(added), [1, 2, 3, 4, 5]);
  assert.deepEqual([batcher.inFlight, batcher.queued], [0, 0]);
});

test('keeps the order of the items under random load and random delays', async () => {
  const random = seededRandom(11);
  const sent: number[] = [];
  const batcher = new NaturalBatcher<number, number>(
    async (items) => {
      sent.push(...items);
      for (let turns = Math.floor(random() * 4); turns > 0; turns--) await tick();
      return accept(items);
    },
    { maxItems: 17 },
  );
  const added: Promise<number>[] = [];
  for (let item = 0; item < 2000; item++) {
    added.push(batcher.add(item));
    if (random() < 0.1) await tick();
  }
  const expected = Array.from({ length: 2000 }, (_, item) => item);
  assert.deepEqual(await Promise.all(added), expected);
  assert.deepEqual(sent, expected);
});

test('no batch exceeds the maxima, but an item larger than the bytes allowed goes alone', async () => {
  const batches: number[][] = [];
  const batcher = new NaturalBatcher<number, number>(
    (items) => {
      batches.push([...items]);
      return Promise.resolve(accept(items));
    },
    { maxItems: 3, maxBytes: 100, sizeOf: (bytes) => bytes },
  );
  await Promise.all([40, 40, 40, 250, 1, 1, 1, 1].map((item) => batcher.add(item)));
  assert.deepEqual(batches, [[40, 40], [40], [250], [1, 1, 1], [1]]);
});

test('runs as many batches at once as it may', async () => {
  const { batches, flush, open } = gatedFlush();
  const batcher = new NaturalBatcher(flush, { maxItems: 1, concurrency: 3 });
  const added = [1, 2, 3, 4].map((item) => batcher.add(item));
  await tick();
  assert.deepEqual(batches, [[1], [2], [3]]);
  for (let gate = 0; gate < 4; gate++) {
    open();
    await tick();
  }
  await Promise.all(added);
  assert.deepEqual(batches, [[1], [2], [3], [4]]);
});

test('an item that is refused rejects alone', async () => {
  const refused = new TwinError('TEST_TYPE', 'wrong type');
  const batcher = new NaturalBatcher<number, number>(
    (items) =>
      Promise.resolve(
        items.map((value) => (value === 2 ? { ok: false as const, error: refused } : { ok: true as const, value })),
      ),
    { maxItems: 10 },
  );
  const results = await Promise.allSettled([1, 2, 3].map((item) => batcher.add(item)));
  assert.deepEqual(
    results.map(({ status }) => status),
    ['fulfilled', 'rejected', 'fulfilled'],
  );
  assert.equal((results[1] as PromiseRejectedResult).reason, refused);
});

test("an exception of the flush rejects that batch's items only", async () => {
  const batcher = new NaturalBatcher<number, number>(
    (items) => {
      if (items.includes(2)) throw new TypeError('bug in the sender');
      return Promise.resolve(accept(items));
    },
    { maxItems: 2 },
  );
  const results = await Promise.allSettled([1, 2, 3, 4].map((item) => batcher.add(item)));
  assert.deepEqual(
    results.map((result) => (result.status === 'fulfilled' ? result.value : (result.reason as TwinError).code)),
    ['DELIVERY_FLUSH_FAILED', 'DELIVERY_FLUSH_FAILED', 3, 4],
  );
});

test('an item without an outcome is rejected, not left hanging', async () => {
  const batcher = new NaturalBatcher<number, number>(() => Promise.resolve([{ ok: true, value: 1 }]), { maxItems: 2 });
  const [first, second] = await Promise.allSettled([batcher.add(1), batcher.add(2)]);
  assert.equal(first.status, 'fulfilled');
  assert.equal(second.status === 'rejected' && (second.reason as TwinError).code, 'DELIVERY_NO_OUTCOME');
});

test('a full queue rejects with an error that says to come later', async () => {
  const { flush } = gatedFlush();
  const batcher = new NaturalBatcher(flush, { maxItems: 1, maxQueued: 2 });
  const first = batcher.add(1);
  await tick();
  const waiting = [batcher.add(2), batcher.add(3)];
  await assert.rejects(batcher.add(4), { code: 'DELIVERY_QUEUE_FULL', retryable: true });
  await Promise.all([
    ...[first, ...waiting].map((item) => assert.rejects(item, { code: 'DELIVERY_CLOSED' })),
    batcher.close(0),
  ]);
});

test('close lets the queue drain and ends as soon as it has', async () => {
  const batches: number[][] = [];
  const batcher = new NaturalBatcher<number, number>(
    async (items) => {
      batches.push([...items]);
      await tick();
      return accept(items);
    },
    { maxItems: 2 },
  );
  const added = Promise.all([1, 2, 3, 4, 5].map((item) => batcher.add(item)));
  await batcher.close(60_000);
  assert.deepEqual(await added, [1, 2, 3, 4, 5]);
  assert.deepEqual(batches, [[1, 2], [3, 4], [5]]);
  await assert.rejects(batcher.add(6), { code: 'DELIVERY_CLOSED', retryable: true });
});

test('close aborts after its time and rejects all that is left', async () => {
  const { batches, flush } = gatedFlush();
  const batcher = new NaturalBatcher(flush, { maxItems: 2 });
  const added = [1, 2, 3, 4, 5].map((item) => batcher.add(item));
  const rejections = Promise.all(
    added.map((item) => assert.rejects(item, { code: 'DELIVERY_CLOSED', retryable: true })),
  );
  await tick();
  const closing = batcher.close(20);
  assert.equal(batcher.close(0), closing, 'a second close is the first');
  await closing;
  await rejections;
  assert.deepEqual(batches, [[1, 2]], 'nothing was sent after the abort');
  assert.deepEqual([batcher.queued, batcher.inFlight], [0, 0]);
});

test('close is bounded even when a flush does not listen to the abort', async () => {
  const batcher = new NaturalBatcher<number, number>(() => new Promise(() => {}), { maxItems: 2 });
  const added = assert.rejects(batcher.add(1), { code: 'DELIVERY_CLOSED' });
  await tick();
  await batcher.close(20);
  await added;
});

test('close of an idle batcher ends at once', async () => {
  const batcher = new NaturalBatcher<number, number>((items) => Promise.resolve(accept(items)), { maxItems: 2 });
  await batcher.close(60_000);
});
