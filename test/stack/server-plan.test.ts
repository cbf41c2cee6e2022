import assert from 'node:assert/strict';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { Machine } from '../../stack/machine';
import { describePlan, planServers, type Way } from '../../stack/server-plan';
import type { ServerRecipe } from '../../stack/server-recipe';
import { board } from '../../stack/servers/board';
import { influxdb } from '../../stack/servers/influxdb';
import { kafka } from '../../stack/servers/kafka';
import { mosquitto } from '../../stack/servers/mosquitto';
import { ownStack } from './stack-folder';

/** A folder of programs that each run one line of shell. */
function programs(t: TestContext, lines: Record<string, string>): string {
  const folder = mkdtempSync(join(tmpdir(), 'programs-'));
  t.after(() => rmSync(folder, { recursive: true }));
  for (const [name, line] of Object.entries(lines)) {
    writeFileSync(join(folder, name), `#!/bin/sh\n${line}\n`);
    chmodSync(join(folder, name), 0o755);
  }
  return folder;
}

async function plan(
  recipe: ServerRecipe,
  searchPath: string,
  { isRoot = false, env = {}, cacheDir = '/nowhere' } = {},
): Promise<{ way: Way; text: string }> {
  const planned = await planServers([recipe], { machine: new Machine({ searchPath, isRoot }), env, cacheDir });
  return { way: planned[0]?.way ?? assert.fail('no plan'), text: describePlan(planned).join('\n') };
}

const ENGINE = { docker: 'exit 0' };
const NO_ENGINE = { docker: '[ "$1" = info ] && exit 1 || exit 0' };
const OLD_JAVA = { java: 'echo \'openjdk version "11.0.2"\' >&2' };
const JAVA = { java: 'echo \'openjdk version "17.0.15"\' >&2' };

test('an address by environment comes before a program that is installed, and its password is not shown', async (t) => {
  const path = programs(t, { mosquitto: '' });
  const { way, text } = await plan(mosquitto, path, { env: { MQTT_URL: 'mqtt://me:secret@broker:1883' } });
  assert.equal(way.how, 'given');
  assert.match(text, /MQTT_URL: mqtt:\/\/…@broker:1883/);
});

test('a program that is installed comes before a Docker engine, the engine before an installation', async (t) => {
  assert.equal((await plan(mosquitto, programs(t, { mosquitto: '', ...ENGINE }))).way.how, 'installed');
  assert.equal((await plan(mosquitto, programs(t, { 'apt-get': '', ...ENGINE }), { isRoot: true })).way.how, 'compose');
  assert.equal((await plan(mosquitto, programs(t, { 'apt-get': '' }), { isRoot: true })).way.how, 'install');
});

test('a Docker client without an engine counts as nothing', async (t) => {
  assert.equal((await plan(mosquitto, programs(t, NO_ENGINE))).way.how, 'missing');
});

test('the plan says which packages will be installed', async (t) => {
  const path = programs(t, { 'apt-get': '' });
  assert.match((await plan(influxdb, path, { isRoot: true })).text, /to be installed: apt-get install influxdb/);
  assert.match((await plan(board, path, { isRoot: true })).text, /to be installed: apt-get install socat/);
  assert.match(
    (await plan(kafka, path, { isRoot: true })).text,
    /default-jre-headless maven; Apache Kafka 4\.\S+ by Maven/,
  );
});

test('what is missing is named with the command that gets it', async (t) => {
  const { text } = await plan(influxdb, programs(t, {}));
  assert.match(text, /MISSING: influxd not found\. To get it: sudo apt-get install influxdb/);
});

test('Kafka needs Java 17: an older one counts as missing, and root without Debian cannot install', async (t) => {
  const withOldJava = await plan(kafka, programs(t, { mvn: '', ...OLD_JAVA }));
  assert.match(withOldJava.text, /MISSING: java 17 not found. .*default-jre-headless/);
  const complete = await plan(kafka, programs(t, { mvn: '', ...JAVA }));
  assert.deepEqual(
    { how: complete.way.how, packages: 'packages' in complete.way && complete.way.packages },
    { how: 'install', packages: [] },
  );
});

test('jars that were fetched before, or those of KAFKA_HOME, make Maven unnecessary', async (t) => {
  const home = programs(t, {});
  mkdirSync(join(home, 'libs'));
  writeFileSync(join(home, 'libs', 'kafka_2.13-4.0.0.jar'), '');
  assert.equal((await plan(kafka, programs(t, JAVA), { env: { KAFKA_HOME: home } })).way.how, 'installed');
});

test('an InfluxDB 2 that is installed is not set up behind the user', async (t) => {
  const { text } = await plan(influxdb, programs(t, { influxd: 'echo "InfluxDB v2.7.1 (git: none)"' }));
  assert.match(text, /MISSING: InfluxDB 2\.7\.1 is installed.* INFLUX_URL=/);
});

test('where nothing can be had, the launch still ends well and lists it all', async (t) => {
  const machine = new Machine({ searchPath: programs(t, {}), isRoot: false });
  const stack = await ownStack(t, { servers: ['mqtt', 'influx', 'board'], machine });
  assert.deepEqual(
    stack.missing.map(({ name, command }) => `${name}: ${command}`),
    [
      'mqtt: sudo apt-get install mosquitto',
      'influx: sudo apt-get install influxdb',
      'board: sudo apt-get install socat',
    ],
  );
  assert.deepEqual(stack.env, {});
});

test('an installation that fails is reported with its output, and costs only the servers that needed it', async (t) => {
  const real = new Machine().find('mosquitto') ?? assert.fail('mosquitto is needed');
  const path = programs(t, { 'apt-get': 'echo "E: no such package"; exit 100', mosquitto: `exec ${real} "$@"` });
  const machine = new Machine({ searchPath: path, isRoot: true });
  const stack = await ownStack(t, { servers: ['mqtt', 'influx'], machine });
  assert.ok(stack.mqtt);
  assert.deepEqual(
    stack.missing.map(({ name }) => name),
    ['influx'],
  );
  assert.match(stack.missing[0]?.reason ?? '', /apt-get update: failed \(code 100\)[^]*no such package/);
});
