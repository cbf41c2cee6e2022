import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import { OwnMosquitto, freePort } from '../support/own-mosquitto';
import { Runtime } from '../support/runtime';
import { mqttUrl } from '../support/servers';

const { hostname: host, port } = new URL(mqttUrl());

async function start(t: TestContext, credentials: Record<string, string> = {}): Promise<Runtime> {
  return Runtime.start(t, ['mqtt-twin-broker'], [{ id: 'b', type: 'mqtt-twin-broker', host, port }], {
    b: credentials,
  });
}

/** What the form's button gets for these values. */
async function ask(runtime: Runtime, values: Record<string, unknown>, secrets: Record<string, string> = {}) {
  const answer = await runtime.post('/digital-twin/test/mqtt-twin-broker', { id: 'b', values, secrets });
  return answer as { ok: boolean; text: string };
}

test('the test of a connection says who answered, in both protocol versions', async (t) => {
  const runtime = await start(t);
  for (const [protocolVersion, name] of [
    ['4', 'MQTT 3.1.1'],
    ['5', 'MQTT 5'],
  ] as const) {
    const { ok, text } = await ask(runtime, { host, port, protocolVersion });
    assert.equal(ok, true, text);
    assert.match(text, new RegExp(`^mosquitto version \\S+, ${name}, at ${host}:${port}$`));
  }
});

test('the test of a connection takes the host from the environment, as a deploy does', async (t) => {
  process.env['TEST_BROKER_HOST'] = host;
  const { ok } = await ask(await start(t), { host: '${TEST_BROKER_HOST}', port });
  assert.equal(ok, true);
});

test('a test that fails says why, without the password', async (t) => {
  const broker = await OwnMosquitto.start(t, ['password_file DIR/users'], undefined, { users: '' });
  const secret = 'wrong-5566';
  const runtime = await start(t, { username: 'board', password: secret });
  for (const [values, said] of [
    [{ host: '127.0.0.1', port: await freePort() }, /refuses the connection: does it run/],
    [{ host: 'no-such-host.invalid', port: 1883 }, /host name that nobody knows/],
    [{ host: '127.0.0.1', port: broker.port }, /refuses this user/],
    [{ host, port, tls: true }, /does not agree with us on TLS/],
    [{ host: '', port }, /option "host" must be filled in/],
    [{ host: 'not a host', port }, /mqtt:\/\/host:port/],
    [{ host, port: 70000 }, /option "port" must be a whole number from 1 to 65535/],
  ] as const) {
    const { ok, text } = await ask(runtime, values, { username: 'board', password: '__PWRD__' });
    assert.equal(ok, false);
    assert.match(text, said);
    assert.equal(text.includes(secret), false);
  }
});
