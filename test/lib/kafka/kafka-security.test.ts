import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import { KafkaConsumer } from '../../../lib/kafka/kafka-consumer';
import type { KafkaConnectionOptions } from '../../../lib/kafka/kafka-options';
import { probeKafka } from '../../../lib/kafka/kafka-probe';
import { KafkaProducer } from '../../../lib/kafka/kafka-producer';
import { freshName } from '../../support/fresh-topic';
import { freePort } from '../../support/own-mosquitto';
import { OwnKafka } from '../../support/own-kafka';
import { until } from '../../support/until';

const PASSWORD = 'alice secret';
const STORE = 'store-password';
const plainModule = 'org.apache.kafka.common.security.plain.PlainLoginModule required';
const scramModule = 'org.apache.kafka.common.security.scram.ScramLoginModule required;';

/** A key and its self-signed certificate, as a Java server wants them, by Java's own tool. */
function makeCertificate(folder: string): void {
  const store = [
    '-keystore',
    join(folder, 'keys.p12'),
    '-storetype',
    'PKCS12',
    '-storepass',
    STORE,
    '-alias',
    'broker',
  ];
  const keytool = (...args: string[]) => execFileSync('keytool', [...args, ...store], { stdio: 'pipe' });
  keytool(
    '-genkeypair',
    '-keyalg',
    'RSA',
    '-validity',
    '2',
    '-dname',
    'CN=localhost',
    '-ext',
    'san=dns:localhost,ip:127.0.0.1',
  );
  keytool('-exportcert', '-rfc', '-file', join(folder, 'ca.pem'));
}

interface Listeners {
  readonly broker: OwnKafka;
  readonly tls: string;
  readonly sasl: string;
  readonly ca: string;
}

async function startSecured(t: TestContext): Promise<Listeners> {
  const [tls, sasl] = [await freePort(), await freePort()];
  const broker = await OwnKafka.start(t, {
    prepare: makeCertificate,
    format: [
      '--add-scram',
      `SCRAM-SHA-256=[name=alice,password=${PASSWORD}]`,
      '--add-scram',
      `SCRAM-SHA-512=[name=alice,password=${PASSWORD}]`,
    ],
    replace: (config) =>
      config
        .replace(/^(listeners=.*)$/m, `$1,TLS://127.0.0.1:${tls},SASL://127.0.0.1:${sasl}`)
        .replace(/^(advertised\.listeners=.*)$/m, `$1,TLS://127.0.0.1:${tls},SASL://127.0.0.1:${sasl}`)
        .replace(/^(listener\.security\.protocol\.map=.*)$/m, '$1,TLS:SSL,SASL:SASL_PLAINTEXT'),
    lines: [
      'ssl.keystore.type=PKCS12',
      'ssl.keystore.location=DIR/keys.p12',
      `ssl.keystore.password=${STORE}`,
      'listener.name.sasl.sasl.enabled.mechanisms=PLAIN,SCRAM-SHA-256,SCRAM-SHA-512',
      `listener.name.sasl.plain.sasl.jaas.config=${plainModule} user_alice="${PASSWORD}";`,
      `listener.name.sasl.scram-sha-256.sasl.jaas.config=${scramModule}`,
      `listener.name.sasl.scram-sha-512.sasl.jaas.config=${scramModule}`,
    ],
  });
  return {
    broker,
    tls: `127.0.0.1:${tls}`,
    sasl: `127.0.0.1:${sasl}`,
    ca: readFileSync(join(broker.folder, 'ca.pem'), 'utf8'),
  };
}

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
    const { broker, tls, sasl, ca } = await startSecured(t);
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
