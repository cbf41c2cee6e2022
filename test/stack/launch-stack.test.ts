import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { test } from 'node:test';
import { checkInflux, queryInflux } from '../../stack/health/influx-health';
import { checkKafka } from '../../stack/health/kafka-health';
import { checkMqtt } from '../../stack/health/mqtt-health';
import { isFree } from '../../stack/port-book';
import { processIdentity } from '../../stack/process-identity';
import { TwinError } from '../../lib/reading/twin-error';
import { ownStack, recordedPids, stackFolder } from './stack-folder';

test('three servers start, answer by their own protocols on loopback only, and stop without a trace', async (t) => {
  const stack = await ownStack(t, { servers: ['mqtt', 'kafka', 'influx'] });
  assert.deepEqual(stack.missing, []);
  await checkMqtt({ url: stack.mqtt?.url ?? '' });
  assert.equal((await checkKafka(stack.kafka?.brokers ?? [])).brokers, 1);
  const influx = { url: stack.influx?.url ?? '', database: 'Sensor_Data' };
  assert.match(await checkInflux(influx), /^\d+\.\d+/);
  const databases = (await queryInflux(influx, 'SHOW DATABASES')).flatMap(({ values }) => values.flat());
  assert.ok(databases.includes('Sensor_Data'));
  for (const address of Object.values(stack.env).filter((value) => /:\d+$/.test(value))) {
    assert.match(address, /^([a-z]+:\/\/)?127\.0\.0\.1:\d+$/);
    assert.ok(Number(/\d+$/.exec(address)) < 32_768, `${address} is a port that the system lends to clients`);
  }
  const pids = recordedPids(stack.dataDir);
  assert.equal(pids.length, 3);

  await stack.stop();
  await stack.stop();
  assert.deepEqual(
    pids.filter((pid) => processIdentity(pid)),
    [],
  );
  assert.ok(!existsSync(stack.dataDir), 'data of a run that keeps nothing are still there');
});

test('a server that is restarted comes back on the same port with its data', async (t) => {
  const stack = await ownStack(t, { servers: ['influx'] });
  const address = { url: stack.influx?.url ?? '', database: 'Sensor_Data' };
  await fetch(new URL('/write?db=Sensor_Data', address.url), { method: 'POST', body: 'kept value=1' });
  process.kill(stack.server('influx')?.pid ?? 0, 'SIGKILL');

  await stack.restart('influx');
  assert.equal(stack.influx?.url, address.url);
  const [series] = await queryInflux(address, 'SELECT value FROM kept');
  assert.equal(series?.values[0]?.[1], 1);
});

test('data and ports outlive a stop where they are to be kept', async (t) => {
  const dataDir = stackFolder(t);
  const first = await ownStack(t, { servers: ['influx'], dataDir, keepData: true });
  const url = first.influx?.url ?? '';
  await fetch(new URL('/write?db=Sensor_Data', url), { method: 'POST', body: 'kept value=2' });
  await first.stop();

  const second = await ownStack(t, { servers: ['influx'], dataDir, keepData: true });
  assert.equal(second.influx?.url, url);
  const [series] = await queryInflux({ url, database: 'Sensor_Data' }, 'SELECT value FROM kept');
  assert.equal(series?.values[0]?.[1], 2);
});

test('a server given by address is used, checked, and left alone', async (t) => {
  const outer = await ownStack(t, { servers: ['mqtt'] });
  const url = outer.mqtt?.url ?? '';
  const inner = await ownStack(t, { servers: ['mqtt'], env: { MQTT_URL: url } });
  assert.equal(inner.mqtt?.url, url);
  assert.match(inner.lines.join('\n'), /given by MQTT_URL/);
  await inner.stop();
  await checkMqtt({ url });
});

test('an address that nobody answers is named, and the other servers still start', async (t) => {
  const stack = await ownStack(t, {
    servers: ['mqtt', 'influx'],
    env: { PATH: process.env['PATH'], MQTT_URL: 'mqtt://someone:secret@127.0.0.1:9' },
  });
  assert.equal(stack.mqtt, undefined);
  assert.ok(stack.influx);
  assert.deepEqual(
    stack.missing.map(({ name }) => name),
    ['mqtt'],
  );
  assert.match(stack.missing[0]?.reason ?? '', /127\.0\.0\.1:9: .*ECONNREFUSED/);
  assert.doesNotMatch(stack.lines.join('\n'), /secret/);
});

test('a port that the user asked for and that is taken is named; no other is chosen silently', async (t) => {
  const other = createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => other.once('listening', resolve));
  t.after(() => other.close());
  const { port } = other.address() as AddressInfo;
  const stack = await ownStack(t, { servers: ['mqtt'], env: { PATH: process.env['PATH'], MQTT_PORT: String(port) } });
  assert.equal(stack.mqtt, undefined);
  assert.match(stack.missing[0]?.reason ?? '', new RegExp(`port ${port} .* is taken`));
});

test('the usual port being taken moves the server to another one', async (t) => {
  const others = await Promise.all(
    [1883].map(async (port) => {
      if (!(await isFree(port))) return undefined;
      const server = createServer().listen(port, '127.0.0.1');
      await new Promise((resolve) => server.once('listening', resolve));
      return server;
    }),
  );
  t.after(() => others.forEach((server) => server?.close()));
  const stack = await ownStack(t, { servers: ['mqtt'], usualPorts: true });
  assert.notEqual(stack.server('mqtt')?.env['MQTT_PORT'], '1883');
  await checkMqtt({ url: stack.mqtt?.url ?? '' });
});

test('an aborted launch rejects with the reason and leaves no process', async (t) => {
  const dataDir = stackFolder(t);
  const controller = new AbortController();
  const log = (): void => setTimeout(() => controller.abort(new TwinError('STOPPED', 'stopped')), 300) as never;
  const launch = ownStack(t, { servers: ['kafka'], dataDir, log, signal: controller.signal });
  await assert.rejects(launch, { code: 'STOPPED' });
  assert.ok(!existsSync(dataDir));
});
