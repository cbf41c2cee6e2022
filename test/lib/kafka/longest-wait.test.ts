import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Backoff } from '../../../lib/delivery/backoff';
import { retryForever } from '../../../lib/delivery/retry';
import { KafkaAdmin } from '../../../lib/kafka/kafka-admin';
import { longestWaitMs } from '../../../lib/kafka/longest-wait';
import { TwinError } from '../../../lib/reading/twin-error';
import { freePort } from '../../support/own-mosquitto';

/** How long the next attempt waits after this error, in milliseconds, once the backoff has grown to 5 s. */
async function waitAfter(error: TwinError): Promise<number | undefined> {
  const end = new AbortController();
  let waitMs: number | undefined;
  const retrying = retryForever(() => Promise.reject(error), {
    signal: end.signal,
    backoff: new Backoff({ minMs: 5_000, maxMs: 5_000, random: () => 1 }),
    longestWaitMs,
    onRetry: (_error, delayMs) => {
      waitMs = delayMs;
      end.abort();
    },
  });
  await assert.rejects(retrying);
  return waitMs;
}

test('a broker that nobody can reach is asked again within a second, however long it has been away', async (t) => {
  const admin = new KafkaAdmin({ brokers: [`127.0.0.1:${await freePort()}`] });
  t.after(() => admin.close());
  const refused: unknown = await admin.endOffsets('any').then(
    () => undefined,
    (error: unknown) => error,
  );
  assert.ok(refused instanceof TwinError && refused.code === 'KAFKA_UNREACHABLE', String(refused));
  assert.equal(await waitAfter(refused), 1_000);
});

test('a broker that refuses who we are is left alone as long as the backoff says', async () => {
  const refused = new TwinError('KAFKA_AUTHENTICATION_FAILED', 'wrong password', { retryable: true });
  assert.equal(await waitAfter(refused), 5_000);
});
