import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { checkMqtt } from '../../stack/health/mqtt-health';
import { processIdentity } from '../../stack/process-identity';
import { launcherProcess } from './launcher-process';
import { recordedPids, stackFolder } from './stack-folder';

test('Ctrl-C stops every server, and the folder is free again', async (t) => {
  const folder = stackFolder(t);
  const launcher = launcherProcess(t, 'mqtt,influx', folder);
  await launcher.started;
  const pids = recordedPids(folder);
  launcher.child.kill('SIGINT');
  assert.equal(await launcher.ended, 0);
  assert.deepEqual(
    pids.filter((pid) => processIdentity(pid)),
    [],
  );
  assert.ok(!existsSync(join(folder, 'run.json')));
});

test('a second launcher in the folder of a living one says so and touches nothing', async (t) => {
  const folder = stackFolder(t);
  const first = launcherProcess(t, 'mqtt', folder);
  const { MQTT_URL: url = '' } = await first.started;
  const second = launcherProcess(t, 'mqtt', folder);
  assert.equal(await second.ended, 1);
  assert.match(second.lines.join('\n'), new RegExp(`already running .*process ${first.child.pid}`));
  await checkMqtt({ url });
});

test('servers of a launcher that was killed are found and stopped by the next one, which takes their ports over', async (t) => {
  const folder = stackFolder(t);
  const killed = launcherProcess(t, 'mqtt,kafka', folder);
  const before = await killed.started;
  const orphans = recordedPids(folder);
  killed.child.kill('SIGKILL');
  await killed.ended;
  assert.equal(orphans.filter((pid) => processIdentity(pid)).length, 2, 'the servers died with their launcher');

  const next = launcherProcess(t, 'mqtt,kafka', folder);
  const after = await next.started;
  assert.deepEqual(
    orphans.filter((pid) => processIdentity(pid)),
    [],
  );
  assert.equal(next.lines.filter((line) => line.includes('left behind')).length, 2);
  assert.deepEqual(after, before);
  await checkMqtt({ url: after['MQTT_URL'] ?? '' });
});

test('the end of a server is reported with the place of its log', async (t) => {
  const folder = stackFolder(t);
  const launcher = launcherProcess(t, 'influx', folder);
  await launcher.started;
  const [pid = 0] = recordedPids(folder);
  process.kill(pid, 'SIGKILL');
  const logged = (): boolean =>
    launcher.lines.some((line) => /InfluxDB ended \(SIGKILL\); its log: .*influxdb\.log/.test(line));
  for (const end = Date.now() + 5_000; !logged() && Date.now() < end;)
    await new Promise((resolve) => setTimeout(resolve, 20));
  assert.ok(logged(), launcher.lines.join('\n'));
  assert.deepEqual(recordedPids(folder), []);
});

test('an error that nobody caught stops the servers before the launcher ends', async (t) => {
  const folder = stackFolder(t);
  const launcher = launcherProcess(t, 'mqtt', folder, { FAIL_AFTER_START: '1' });
  await launcher.started;
  assert.equal(await launcher.ended, 1);
  assert.ok(!existsSync(join(folder, 'run.json')));
});
