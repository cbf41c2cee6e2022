import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { type OutgoingMessage, outgoingMessage } from '../../../lib/kafka/outgoing-message';
import { TopicPartitions } from '../../../lib/kafka/topic-partitions';
import { TopicWriter } from '../../../lib/kafka/topic-writer';
import { TwinError } from '../../../lib/reading/twin-error';
import { seededRandom } from '../../support/seeded-random';

const TOPIC = 'topic';
const signal = new AbortController().signal;
const message = (value: string, key?: string): OutgoingMessage =>
  outgoingMessage({ topic: TOPIC, value, ...(key === undefined ? {} : { key }) }, 1);

/** What a link does before each request. */
function learn(partitions: TopicPartitions, messages: readonly OutgoingMessage[], count: number): void {
  const metadata = Array.from({ length: count }, (_, partitionId) => ({
    partitionId,
    leader: 1,
    partitionErrorCode: 0,
    replicas: [1],
    isr: [1],
  }));
  partitions.assign(TOPIC, metadata, messages);
}

/** A log per partition that refuses runs by a rule. */
function log(count: number, refuse: (run: readonly OutgoingMessage[]) => TwinError | undefined) {
  const partitions = new TopicPartitions();
  const stored = new Map<number, string[]>();
  const runs: number[] = [];
  const writer = new TopicWriter(TOPIC, partitions, (run) => {
    learn(partitions, run, count);
    runs.push(run.length);
    const error = refuse(run);
    if (error) return Promise.reject(error);
    const partition = run[0]?.partition ?? -1;
    assert.ok(
      run.every((one) => one.partition === partition),
      'a run is of one partition',
    );
    const records = stored.get(partition) ?? [];
    stored.set(partition, records);
    const base = records.length;
    records.push(...run.map(({ value }) => String(value)));
    return Promise.resolve(BigInt(base));
  });
  return { writer, stored, runs };
}

const tooLarge = new TwinError('KAFKA_RECORD_TOO_LARGE', 'too large');
const invalid = new TwinError('KAFKA_RECORD_INVALID', 'invalid');

describe('TopicWriter', () => {
  it('answers partition and offset of each message, in the order of the messages', async () => {
    const { writer, stored } = log(3, () => undefined);
    const messages = Array.from({ length: 100 }, (_, i) => message(`v${i}`, i % 4 ? `key ${i % 7}` : undefined));
    const outcomes = await writer.write(messages, signal);
    outcomes.forEach((outcome, i) => {
      assert.ok(outcome.ok);
      assert.equal(stored.get(outcome.value.partition)?.[Number(outcome.value.offset)], `v${i}`);
    });
  });

  it('rejects exactly the bad messages of a batch, and stores the others once and in order', async () => {
    const random = seededRandom(7);
    for (let round = 0; round < 50; round++) {
      const { writer, stored } = log(2, (run) =>
        run.some(({ value }) => String(value).startsWith('bad')) ? invalid : undefined,
      );
      const values = Array.from({ length: 40 }, (_, i) => (random() < 0.1 ? `bad ${i}` : `good ${i}`));
      const outcomes = await writer.write(
        values.map((value) => message(value, 'one key')),
        signal,
      );
      outcomes.forEach((outcome, i) => assert.equal(outcome.ok, values[i]?.startsWith('good')));
      assert.deepEqual(
        [...stored.values()].flat(),
        values.filter((value) => value.startsWith('good')),
      );
    }
  });

  it('learns the size of a run that a topic takes, but not from a single oversized record', async () => {
    const limit = 1_000;
    const { writer, runs } = log(1, (run) =>
      run.reduce((sum, { bytes }) => sum + bytes, 0) > limit ? tooLarge : undefined,
    );
    const batch = () => Array.from({ length: 32 }, () => message('x'.repeat(30), 'k'));
    await writer.write(batch(), signal);
    runs.length = 0;
    const outcomes = await writer.write(batch(), signal);
    assert.ok(outcomes.every(({ ok }) => ok));
    assert.ok(runs.length <= 6, `no run is refused any more: ${runs.join(', ')}`);

    const other = log(1, (run) => (run.some(({ bytes }) => bytes > limit) ? tooLarge : undefined));
    await other.writer.write([message('first', 'k'), message('x'.repeat(2_000), 'k'), ...batch()], signal);
    other.runs.length = 0;
    await other.writer.write(batch(), signal);
    assert.deepEqual(other.runs, [32]);
  });

  it('gives up a batch only when it is told to', async () => {
    const { writer } = log(1, () => new TwinError('KAFKA_UNREACHABLE', 'down', { retryable: true }));
    await assert.rejects(writer.write([message('v')], signal), { code: 'KAFKA_UNREACHABLE' });
  });
});

describe('TopicPartitions', () => {
  it('keeps the partition that a message was given, however often it is sent', () => {
    const partitions = new TopicPartitions();
    const messages = Array.from({ length: 20 }, (_, i) => message(`v${i}`));
    learn(partitions, messages, 4);
    const first = messages.map(({ partition }) => partition);
    learn(partitions, messages, 4);
    assert.deepEqual(
      messages.map(({ partition }) => partition),
      first,
    );
  });

  it('refuses a partition that the topic does not have', () => {
    const outside = outgoingMessage({ topic: TOPIC, value: 'v', partition: 4 }, 1);
    assert.throws(() => learn(new TopicPartitions(), [outside], 4), {
      code: 'KAFKA_PARTITION_UNKNOWN',
      message: /0 to 3/,
    });
  });
});
