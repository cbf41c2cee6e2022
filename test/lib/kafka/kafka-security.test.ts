import assert from 'node:assert/strict';
import { describe, it, type TestContext } from 'node:test';
import { KafkaConsumer } from '../../../lib/kafka/kafka-consumer';
import type { KafkaConnectionOptions } from '../../../lib/kafka/kafka-options';
import { probeKafka } from '../../../lib/kafka/kafka-probe';
import { KafkaProducer } from '../../../lib/kafka/kafka-producer';
import { freshName } from '../../support/fresh-topic';
import { PASSWORD, startSecuredKafka } from '../../support/secured-kafka';
import { until } from '../../support/until';

/** Writes a record and reads it again. */
async function roundTrip(t: TestContext, connection: KafkaConnectionOptions): Promise<void> {
  const topic = freshName();
  const producer = new KafkaProducer({ connection });
  const consumer = new KafkaConsumer({ connection, topics: [topic], groupId: freshName(), from: 'earliest' });
  t.after(() => Promise.all([producer.close(0), consumer.close(0)]));
  const values: string[] = [];
  consumer.on('delivery', ({ records, settle }) => {
    values.push(...records.map(({ value }) => String(value)));
    settle();
  });
  producer.start();
  await producer.send({ topic, value: 'v' });
  consumer.start();
  await until(() => values.length === 1, 20_000, 'the record');
  await Promise.all([producer.close(), consumer.close()]);
}

describe('A cluster with TLS and SASL', () => {
  it('is used with the right settings; wrong ones are told apart, and no secret shows', async (t) => {
    const { broker, tls, sasl, ca } = await startSecuredKafka(t);
    const login = (
      mechanism: 'plain' | 'scram-sha-256' | 'scram-sha-512',
      password = PASSWORD,
    ): KafkaConnectionOptions => ({
      brokers: [sasl],
      sasl: { mechanism, username: 'alice', password },
    });

    await roundTrip(t, { brokers: [tls], ssl: { ca } });
    for (const mechanism of ['plain', 'scram-sha-256', 'scram-sha-512'] as const) await roundTrip(t, login(mechanism));

    const wrong: [KafkaConnectionOptions, string, RegExp][] = [
      [{ brokers: [tls], ssl: true }, 'KAFKA_TLS_UNTRUSTED', /is not trusted .*self-signed.*give the CA certificate/],
      [{ brokers: [tls] }, 'KAFKA_TLS_MISMATCH', /speaks TLS: switch TLS on/],
      [{ brokers: broker.brokers, ssl: { ca } }, 'KAFKA_TLS_MISMATCH', /does not speak TLS/],
      [login('plain', 'wrong word'), 'KAFKA_AUTHENTICATION_FAILED', /refuses the SASL login/],
      [login('scram-sha-512', 'wrong word'), 'KAFKA_AUTHENTICATION_FAILED', /refuses the SASL login/],
      [{ brokers: [sasl] }, 'KAFKA_CONNECTION_CLOSED', /wants SASL credentials/],
    ];
    for (const [options, code, message] of wrong) {
      await assert.rejects(probeKafka(options, 5_000), (error: Error & { code?: string }) => {
        assert.equal(error.code, code, error.message);
        assert.match(error.message, message);
        assert.doesNotMatch(error.message, /wrong word|alice secret/);
        return true;
      });
    }
  });
});
