import assert from 'node:assert/strict';
import { join } from 'node:path';
import { it } from 'node:test';
import { freshName } from '../support/fresh-topic';
import { Runtime } from '../support/runtime';
import { PASSWORD, startSecuredKafka } from '../support/secured-kafka';
import { kafkaBrokers } from '../support/servers';
import { KafkaProducer } from '../../lib/kafka/kafka-producer';

type Values = Readonly<Record<string, unknown>>;

const types = ['tls-config', 'kafka-twin-cluster', 'kafka-twin-read'];

/** A cluster and a node that reads a topic by it. */
const flow = (cluster: Values, topics: string, ...more: { id: string; type: string }[]) => [
  { id: 'f', type: 'tab' },
  ...more,
  { id: 'c', type: 'kafka-twin-cluster', ...cluster },
  { id: 'r', type: 'kafka-twin-read', z: 'f', cluster: 'c', topics, from: 'earliest', wires: [['out']] },
  { id: 'out', type: 'recorder', z: 'f' },
];

/** What the form's button gets for these values. */
async function test(runtime: Runtime, values: Values, secrets: Record<string, string> = {}) {
  return (await runtime.post('/digital-twin/test/kafka-twin-cluster', { id: 'c', values, secrets })) as {
    ok: boolean;
    text: string;
  };
}

it('takes the brokers from the environment, in a deploy and in the test of the connection', async (t) => {
  process.env['TEST_KAFKA_BROKERS'] = kafkaBrokers().join(',');
  const runtime = await Runtime.start(t, types, flow({ brokers: '${TEST_KAFKA_BROKERS}' }, freshName()));
  await runtime.status('r', /status\.lag/);
  const { ok, text } = await test(runtime, { brokers: '${TEST_KAFKA_BROKERS}' });
  assert.equal(ok, true, text);
});

it('logs in by SASL and encrypts by the TLS configuration; refusals say why, without the password', async (t) => {
  const { broker, sasl, tls } = await startSecuredKafka(t);
  const topic = freshName();
  const producer = new KafkaProducer({ connection: { brokers: broker.brokers } });
  t.after(() => producer.close(0));
  producer.start();
  await producer.send({ topic, value: '{"a": 1.0}' });

  const tlsConfig = {
    id: 't',
    type: 'tls-config',
    cert: '',
    key: '',
    ca: join(broker.folder, 'ca.pem'),
    verifyservercert: true,
  };
  const secrets = { username: 'alice', password: PASSWORD };
  const runtime = await Runtime.start(t, types, []);
  await runtime.unload();
  for (const [cluster, credentials] of [
    [{ brokers: sasl, sasl: 'plain' }, secrets],
    [{ brokers: sasl, sasl: 'scram-sha-512' }, secrets],
    [{ brokers: tls, tls: true, tlsConfig: 't' }, {}],
  ] as const) {
    await runtime.load(types, flow(cluster, topic, tlsConfig), { c: credentials });
    await runtime.status('r', /status\.lag/);
    const answer = await test(runtime, cluster, { username: '__PWRD__', password: '__PWRD__' });
    assert.match(answer.text, /^Kafka .*, 1 broker, controller/);
    await runtime.unload();
  }

  const wrong = { username: 'alice', password: 'wrong-5566' };
  await runtime.load(types, flow({ brokers: sasl, sasl: 'plain' }, topic), { c: wrong });
  const status = await runtime.status('r', /common.status.waiting/);
  assert.equal(status.fill, 'red');
  const lines = runtime.log().filter(([level, text]) => level <= 30 && /SASL|Kafka|127\.0/.test(text));
  assert.equal(lines.length, 1, JSON.stringify(lines));
  assert.match(lines[0]?.[1] ?? '', /refuses the SASL login/);
  assert.doesNotMatch(lines[0]?.[1] ?? '', /wrong-5566|\n\s+at /);
  for (const [values, said] of [
    [{ brokers: sasl, sasl: 'plain' }, /refuses the SASL login/],
    [{ brokers: sasl, sasl: 'none' }, /wants SASL credentials/],
    [{ brokers: tls }, /speaks TLS/],
    [{ brokers: tls, tls: true }, /is not trusted/],
    [{ brokers: broker.brokers.join(','), tls: true }, /does not speak TLS/],
    [{ brokers: 'no broker' }, /is no broker address/],
    [{ brokers: '' }, /option "brokers" must be filled in/],
  ] as const) {
    const { ok, text } = await test(runtime, values, wrong);
    assert.equal(ok, false);
    assert.match(text, said);
    assert.doesNotMatch(text, /wrong-5566/);
  }
});
