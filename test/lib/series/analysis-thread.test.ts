import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import type { AnalysisJob } from '../../../lib/series/analysis-job';
import { AnalysisThread } from '../../../lib/series/analysis-thread';
import { mersenneTwister } from '../../../lib/series/mersenne-twister';

/** The thread's code from its source. */
const workerFile = join(__dirname, 'source-worker.cjs');

function thread(context: TestContext, maxQueued = 10): AnalysisThread {
  const made = new AnalysisThread({ maxQueued, workerFile });
  context.after(() => made.close());
  return made;
}

function decomposition(points: number, period = '10') {
  const next = mersenneTwister(1);
  const times = Float64Array.from({ length: points }, (_, i) => i * 1000);
  return {
    kind: 'decompose',
    series: { times, values: times.map(() => next() / 2 ** 32) },
    options: { method: 'additive', period, log: false, extrapolate: false, robust: false },
  } as const satisfies AnalysisJob;
}

test('a job gives what it gives here, and its arrays are moved, not copied', async (t) => {
  const job = decomposition(1000);
  const { trend, model } = await thread(t).run<'decompose'>(job);
  assert.equal(trend.length, 1000);
  assert.equal(model.period, 10);
  assert.equal(job.series.values.length, 0);
});

test('an error of the analysis arrives with its code, and the thread goes on', async (t) => {
  const own = thread(t);
  await assert.rejects(own.run<'decompose'>(decomposition(10, '8')), {
    code: 'SERIES_TOO_SHORT',
    facts: { length: 10, needed: 16 },
  });
  assert.equal((await own.run<'decompose'>(decomposition(100))).trend.length, 100);
});

test('the event loop goes on while a million points are decomposed', async (t) => {
  const own = thread(t);
  await own.run<'decompose'>(decomposition(10, '2'));
  const job = decomposition(1_000_000, '1440');
  let turns = 0;
  let answered = false;
  const turn = (): void => {
    turns++;
    if (!answered) setImmediate(turn);
  };
  setImmediate(turn);
  const { trend } = await own.run<'decompose'>(job);
  answered = true;
  assert.equal(trend.length, 1_000_000);
  assert.ok(turns > 10, `only ${turns} turns`);
});

test('jobs beyond the queue are refused at once, those within it are done', async (t) => {
  const own = thread(t, 2);
  const taken = [1, 2, 3].map(() => own.run<'decompose'>(decomposition(50_000)));
  assert.equal(own.pending, 3);
  await assert.rejects(own.run<'decompose'>(decomposition(100)), { code: 'SERIES_BUSY', retryable: true });
  assert.equal((await Promise.all(taken)).length, 3);
  assert.equal(own.pending, 0);
});

test('closing stops a running job at once, rejects all that waits, and may be repeated', async (t) => {
  const own = thread(t);
  const jobs = [1, 2].map(() => own.run<'decompose'>(decomposition(3_000_000, '100000')));
  const outcomes = Promise.allSettled(jobs);
  const started = performance.now();
  await own.close();
  for (const outcome of await outcomes) {
    assert.equal(outcome.status, 'rejected');
    assert.equal((outcome.reason as { code: string }).code, 'SERIES_CLOSED');
  }
  assert.ok(performance.now() - started < 2000);
  await own.close();
  await assert.rejects(own.run<'decompose'>(decomposition(100)), { code: 'SERIES_CLOSED' });
});
