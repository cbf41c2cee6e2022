import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { KafkaAdmin } from '../../../lib/kafka/kafka-admin';
import { freshName, freshTopic } from '../../support/fresh-topic';
import { kafkaBrokers } from '../../support/servers';
import { until } from '../../support/until';
import { fill, watchCommits } from './group-reader';
import { StressGroup } from './stress-group';

const RECORDS = Number(process.env['KAFKA_STRESS_RECORDS'] ?? 4_000);
const PARTITIONS = 4;
const KILL_EVERY_MS = 10_000;
const LONGEST_SETTLE_MS = 5_000;
/** The time grows with the root of the records: a longer run also has more in flight at each kill. */
const WINDOW = Math.round(8 * Math.sqrt(RECORDS));
const LIMIT_MS = 280_000;

describe('A group of two of which one member is killed every 10 s, while records are settled 0 to 5 s late', () => {
  it(
    `loses none of ${RECORDS} records, and commits none before all below it are settled`,
    { timeout: LIMIT_MS + 75_000 },
    async (t) => {
      const brokers = kafkaBrokers();
      const [topic, groupId] = [await freshTopic(brokers, PARTITIONS), freshName('stress')];
      for (let from = 0; from < RECORDS; from += 10_000) await fill(t, topic, Math.min(10_000, RECORDS - from), from);
      const commits = watchCommits(t, groupId, topic);
      const group = new StressGroup(t, { brokers, topic, groupId, window: WINDOW, longestSettleMs: LONGEST_SETTLE_MS });
      group.start();
      group.start();
      let kills = 0;
      let over = false;
      const killing = (async () => {
        for (let next = Date.now() + KILL_EVERY_MS; !over; next += KILL_EVERY_MS) {
          await until(() => over || Date.now() >= next, 2 * KILL_EVERY_MS);
          if (over) return;
          await group.killOldest();
          group.start();
          kills++;
        }
      })();
      try {
        await until(() => group.settled === RECORDS, LIMIT_MS, `the settling of ${RECORDS} records`);
      } finally {
        over = true;
        await killing;
      }
      // What a killed member had settled and not committed comes again to a living one, after the killed one's session.
      await commits.complete(60_000);
      await group.stop();

      const admin = new KafkaAdmin({ brokers });
      t.after(() => admin.close());
      const ends = await admin.endOffsets(topic);
      for (const [partition, end] of ends) {
        for (let offset = 0n; offset < end; offset++)
          assert.ok(group.fates.has(`${partition} ${offset}`), `${partition}/${offset}`);
      }
      assert.deepEqual(commits.stepsBack, []);
      for (const { partition, from, to, ms } of commits.steps) {
        for (let below = from; below < to; below++) {
          const { settledMs } = group.fates.get(`${partition} ${below}`)!;
          assert.ok(settledMs <= ms, `${partition}/${below} was settled at ${settledMs}, committed by ${ms}`);
        }
      }
      const repeats = group.repeats();
      t.diagnostic(`${kills} kills; repeats ${JSON.stringify(repeats)}; warnings ${JSON.stringify(group.warnings)}`);
      assert.ok(kills > 0, 'a member was killed');
      assert.deepEqual(group.warnings, [], 'every commit that failed would be told');
      assert.equal(repeats.sameMember, 0, 'what a living member has in flight it does not get again');
    },
  );
});
