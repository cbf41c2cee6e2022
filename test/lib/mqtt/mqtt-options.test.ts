import assert from 'node:assert/strict';
import { test } from 'node:test';
import { resolveMqttOptions } from '../../../lib/mqtt/mqtt-options';

test('host and port come from the address, ports by the protocol unless given', () => {
  for (const [url, host, port, secure] of [
    ['mqtt://broker', 'broker', 1883, false],
    ['mqtts://broker', 'broker', 8883, true],
    ['mqtt://10.0.0.1:1884', '10.0.0.1', 1884, false],
    ['mqtt://[::1]:1885', '::1', 1885, false],
  ] as const) {
    const resolved = resolveMqttOptions({ url });
    assert.deepEqual([resolved.host, resolved.port, resolved.secure], [host, port, secure], url);
  }
});

test('credentials may stand in the address; options of their own win', () => {
  const url = 'mqtt://us%40er:p%3Aw@broker';
  assert.deepEqual([resolveMqttOptions({ url }).username, resolveMqttOptions({ url }).password], ['us@er', 'p:w']);
  assert.equal(resolveMqttOptions({ url, username: 'other' }).username, 'other');
});

test('explicit undefined keeps the defaults', () => {
  const resolved = resolveMqttOptions({
    url: 'mqtt://broker',
    clientId: undefined,
    protocolVersion: undefined,
    keepAliveS: undefined,
    clean: undefined,
    sessionExpiryS: undefined,
    tls: undefined,
  });
  assert.match(resolved.clientId, /^twin-[0-9a-f]{12}$/);
  assert.deepEqual([resolved.protocolVersion, resolved.keepAliveS, resolved.clean], [4, 30, true]);
  assert.equal(resolved.sessionExpiryS, 0);
});

test('a kept session lasts a week in MQTT 5 and needs a client id', () => {
  const url = 'mqtt://broker';
  assert.equal(resolveMqttOptions({ url, clean: false, clientId: 'twin-a' }).sessionExpiryS, 604_800);
  assert.throws(() => resolveMqttOptions({ url, clean: false }), { code: 'MQTT_OPTIONS' });
});

for (const clientId of ['MQTT Python Publisher', 'MQTT Kafka Bridge']) {
  test(`refuses the client id "${clientId}", which would throw another program out`, () => {
    assert.throws(() => resolveMqttOptions({ url: 'mqtt://broker', clientId }), { code: 'MQTT_OPTIONS' });
  });
}

test('a bad address is refused without a secret in the message', () => {
  for (const url of [
    '',
    'broker',
    'broker:1883',
    'http://u:geheim@broker',
    'mqtt://u:geheim@:1883',
    'mqtt://u:geheim@b:x',
  ]) {
    assert.throws(
      () => resolveMqttOptions({ url }),
      (error: Error & { code?: string }) => error.code === 'MQTT_OPTIONS' && !error.message.includes('geheim'),
      url,
    );
  }
});
