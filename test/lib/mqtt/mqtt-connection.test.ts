import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { Backoff } from '../../../lib/delivery/backoff';
import type { ConnectionChange } from '../../../lib/delivery/connection-state';
import { MqttConnection } from '../../../lib/mqtt/mqtt-connection';
import { resolveMqttOptions, type MqttConnectionOptions } from '../../../lib/mqtt/mqtt-options';
import { probeMqtt } from '../../../lib/mqtt/mqtt-probe';
import { reaches } from '../../support/mqtt-state';
import { freePort, OPEN_TO_ALL, OwnMosquitto } from '../../support/own-mosquitto';
import { influxUrl, kafkaBrokers, mqttUrl } from '../../support/servers';

const SECRET = 'not-the-password-7431';

function connection(t: TestContext, options: MqttConnectionOptions) {
  const backoff = new Backoff({ minMs: 20, maxMs: 100 });
  const subject = new MqttConnection(resolveMqttOptions(options), { backoff });
  t.after(() => subject.close());
  const changes: ConnectionChange[] = [];
  subject.on('state', (change) => changes.push(change));
  subject.start();
  return { subject, changes };
}

/** A certificate that signs itself, for the name `broker.test` and the address 127.0.0.1. */
function certificate(folder: string): string[] {
  const files = ['-keyout', join(folder, 'key.pem'), '-out', join(folder, 'cert.pem')];
  const names = ['-subj', '/CN=broker.test', '-addext', 'subjectAltName=DNS:broker.test,IP:127.0.0.1'];
  const kind = ['-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '2'];
  execFileSync('openssl', ['req', ...kind, ...names, ...files], { stdio: 'pipe' });
  return ['certfile DIR/cert.pem', 'keyfile DIR/key.pem'];
}

async function tlsBroker(t: TestContext) {
  const broker = await OwnMosquitto.start(t, OPEN_TO_ALL, undefined, undefined, certificate);
  return {
    url: broker.url.replace('mqtt:', 'mqtts:'),
    plainUrl: broker.url,
    ca: readFileSync(join(broker.folder, 'cert.pem')),
  };
}

test('every way to fail is told by its own code, keeps being tried, and shows no secret', async (t) => {
  const tls = await tlsBroker(t);
  const passwords = await OwnMosquitto.start(t, ['password_file DIR/users'], undefined, { users: '' });
  const kafka = `mqtt://${kafkaBrokers()[0]}`;
  const credentials = { username: 'user', password: SECRET };
  const cases: [code: string, options: MqttConnectionOptions][] = [
    ['MQTT_REFUSED', { url: `mqtt://127.0.0.1:${await freePort()}` }],
    ['MQTT_REFUSED', { url: `mqtt://localhost:${await freePort()}` }],
    ['MQTT_HOST_UNKNOWN', { url: 'mqtt://no-such-host.invalid' }],
    ['MQTT_NOT_AUTHORIZED', { url: passwords.url, protocolVersion: 4 }],
    ['MQTT_NOT_AUTHORIZED', { url: passwords.url, protocolVersion: 5 }],
    ['MQTT_CLOSED_EARLY', { url: kafka }],
    ['MQTT_NO_ANSWER', { url: influxUrl().replace('http:', 'mqtt:'), connectTimeoutMs: 300 }],
    ['MQTT_TLS', { url: mqttUrl().replace('mqtt:', 'mqtts:') }],
    ['MQTT_TLS', { url: tls.url }],
    ['MQTT_TLS', { url: tls.url.replace('127.0.0.1', 'localhost'), tls: { ca: tls.ca } }],
    ['MQTT_TLS', { url: tls.url, tls: { cert: 'no certificate', key: 'no key' } }],
    ['MQTT_CLOSED_EARLY', { url: tls.plainUrl }],
  ];
  await Promise.all(
    cases.map(async ([code, options]) => {
      const { subject, changes } = connection(t, { ...credentials, ...options });
      const { error } = await reaches(subject, 'waiting');
      assert.equal(error?.code, code, `${options.url}: ${error?.message}`);
      assert.equal(error.retryable, true);
      assert.match(error.message, /^the MQTT broker at [\w.:-]+ [a-z]/);
      while (changes.length < 3) await new Promise((resolve) => subject.once('state', resolve));
      assert.deepEqual(
        changes.slice(1).map((change) => [change.state, change.error?.code]),
        changes.slice(1).map(() => ['waiting', code]),
        'the same again, and nothing else',
      );
      assert.equal(JSON.stringify([error.message, error.facts]).includes(SECRET), false);
      await subject.close();
      await assert.rejects(probeMqtt({ ...credentials, ...options }, options.connectTimeoutMs ?? 3_000), { code });
    }),
  );
});

test('a certificate that is trusted, or need not be, makes a connection', async (t) => {
  const { url, ca } = await tlsBroker(t);
  for (const tls of [{ ca }, { rejectUnauthorized: false }, { ca, servername: 'broker.test' }]) {
    const { subject } = connection(t, { url, tls });
    await reaches(subject, 'connected');
    await subject.close();
  }
  const { description } = await probeMqtt({ url, tls: { ca } }, 3_000);
  assert.match(description, /^mosquitto version 2\.\S+, MQTT 3\.1\.1, at 127\.0\.0\.1:\d+ \(TLS\)$/);
});

test('a user who is refused gets in as soon as the broker knows the password', async (t) => {
  const broker = await OwnMosquitto.start(t, ['password_file DIR/users'], undefined, { users: '' });
  const { subject } = connection(t, { url: broker.url, username: 'board', password: 'right' });
  assert.equal((await reaches(subject, 'waiting')).error?.code, 'MQTT_NOT_AUTHORIZED');
  const users = join(broker.folder, 'users');
  writeFileSync(users, '');
  execFileSync('mosquitto_passwd', ['-b', users, 'board', 'right'], { stdio: 'pipe' });
  broker.signal('SIGHUP');
  await reaches(subject, 'connected');
});

test('two clients with one id throw each other out, and the error asks about the id', async (t) => {
  const broker = await OwnMosquitto.start(t, OPEN_TO_ALL);
  const options = { url: broker.url, clientId: 'twin-a' };
  const [one, other] = [connection(t, options), connection(t, options)];
  const { error } = await Promise.race([reaches(one.subject, 'waiting'), reaches(other.subject, 'waiting')]);
  assert.equal(error?.code, 'MQTT_CONNECTION_LOST');
  assert.match(error.message, /does another client use the id "twin-a"\?$/);
  await Promise.all([one.subject.close(), other.subject.close()]);
});

test('a broker that falls silent is noticed by the keep alive', async (t) => {
  const broker = await OwnMosquitto.start(t, OPEN_TO_ALL);
  const { subject } = connection(t, { url: broker.url, keepAliveS: 1 });
  await reaches(subject, 'connected');
  broker.signal('SIGSTOP');
  const { error } = await reaches(subject, 'waiting');
  assert.equal(error?.code, 'MQTT_CONNECTION_LOST');
  broker.signal('SIGCONT');
  await reaches(subject, 'connected');
});

test('close ends it in every state, at once, and for good', async (t) => {
  const refused = connection(t, { url: `mqtt://127.0.0.1:${await freePort()}` });
  await reaches(refused.subject, 'waiting');
  const connecting = connection(t, { url: influxUrl().replace('http:', 'mqtt:') });
  const up = connection(t, { url: mqttUrl() });
  await reaches(up.subject, 'connected');
  const never = new MqttConnection(resolveMqttOptions({ url: mqttUrl() }));
  const began = performance.now();
  for (const subject of [refused.subject, connecting.subject, up.subject, never]) {
    await Promise.all([subject.close(), subject.close()]);
    subject.start();
    assert.equal(subject.change.state, 'stopped');
  }
  assert.ok(performance.now() - began < 3_000);
});
