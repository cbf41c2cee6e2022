import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { test } from 'node:test';
import { parse } from 'yaml';
import { composeSettings } from '../../stack/compose-secrets';

const FOLDER = resolve('stack', 'compose');

interface Service {
  image?: string;
  build?: { context: string; dockerfile: string };
  ports: string[];
  environment?: Record<string, string | number>;
  volumes?: string[];
  depends_on?: Record<string, { condition: string }>;
  healthcheck?: { test: string[] };
}

const text = readFileSync(join(FOLDER, 'compose.yaml'), 'utf8');
const { services, volumes } = parse(text) as { services: Record<string, Service>; volumes: Record<string, null> };
const secrets = {
  INFLUX_TOKEN: 't',
  INFLUX_ADMIN_PASSWORD: 'i',
  GRAFANA_ADMIN_PASSWORD: 'g',
  NODE_RED_CREDENTIAL_SECRET: 'n',
};

function config(env: Record<string, string>, ...files: string[]): string {
  const args = files.flatMap((file) => ['-f', join(FOLDER, file)]);
  return execFileSync('docker-compose', [...args, 'config'], {
    encoding: 'utf8',
    env: { PATH: process.env['PATH'], ...env },
    stdio: 'pipe',
  });
}

test('docker-compose accepts the file, alone and with the one that hands the board in', () => {
  const resolved = parse(config(secrets, 'compose.yaml')) as { services: Record<string, Service> };
  assert.deepEqual(Object.keys(resolved.services).sort(), ['grafana', 'influxdb', 'kafka', 'mosquitto', 'node-red']);
  const withBoard = config({ ...secrets, BOARD_DEVICE: '/dev/ttyACM0' }, 'compose.yaml', 'compose.board.yaml');
  assert.match(withBoard, /\/dev\/ttyACM0:\/dev\/board/);
});

test('without its secrets the file is refused, and the message names where to fill them in', () => {
  for (const name of Object.keys(secrets)) {
    assert.throws(
      () => config({ ...secrets, [name]: '' }, 'compose.yaml'),
      /fill it in in stack\/compose\/\.env/,
      name,
    );
  }
});

test('the file holds no secret: every one comes from the environment', () => {
  for (const [name, service] of Object.entries(services)) {
    for (const [variable, value] of Object.entries(service.environment ?? {})) {
      if (/PASSWORD|TOKEN|SECRET/.test(variable)) assert.match(String(value), /^\$\{\w+:\?/, `${name}: ${variable}`);
    }
  }
  const example = readFileSync(join(FOLDER, '.env.example'), 'utf8');
  for (const name of Object.keys(secrets)) assert.match(example, new RegExp(`^${name}=$`, 'm'));
});

test('every port is published on loopback only', () => {
  const ports = Object.values(services).flatMap((service) => service.ports);
  assert.equal(ports.length, 5);
  for (const port of ports) assert.match(port, /^127\.0\.0\.1:/);
});

test('every server has a fixed version and a health check, and is waited for until it is healthy', () => {
  for (const [name, service] of Object.entries(services)) {
    if (!service.build) assert.match(service.image ?? '', /:\d+(\.\d+)+$/, name);
    assert.ok(service.healthcheck, name);
    for (const { condition } of Object.values(service.depends_on ?? {})) assert.equal(condition, 'service_healthy');
  }
  assert.deepEqual(Object.keys(services['node-red']?.depends_on ?? {}), ['mosquitto', 'kafka', 'influxdb']);
});

test('every file and volume that a service uses exists', () => {
  for (const volume of Object.values(services).flatMap((service) => service.volumes ?? [])) {
    const source = volume.split(':')[0] ?? '';
    if (source.startsWith('.')) assert.ok(existsSync(join(FOLDER, source)), source);
    else assert.ok(source in volumes, source);
  }
  const { context = '', dockerfile = '' } = services['node-red']?.build ?? {};
  assert.ok(existsSync(join(FOLDER, context, dockerfile)));
});

test('Kafka is reached as kafka:9092 inside and as localhost:29092 from the machine', () => {
  const resolved = config(secrets, 'compose.yaml');
  assert.match(resolved, /KAFKA_ADVERTISED_LISTENERS: INTERNAL:\/\/kafka:9092,HOST:\/\/localhost:29092/);
  assert.equal(services['node-red']?.environment?.['KAFKA_BROKERS'], 'kafka:9092');
  assert.match(config({ ...secrets, KAFKA_PORT: '29999' }, 'compose.yaml'), /HOST:\/\/localhost:29999/);
});

test('Grafana gets its data source for the organization and bucket that InfluxDB is set up with', () => {
  const provisioning = join(FOLDER, 'grafana', 'provisioning');
  const { datasources } = parse(readFileSync(join(provisioning, 'datasources', 'influxdb.yaml'), 'utf8')) as {
    datasources: { uid: string; url: string; jsonData: Record<string, string>; secureJsonData: { token: string } }[];
  };
  const source = datasources[0] ?? assert.fail('no data source');
  const influx = services['influxdb']?.environment ?? {};
  assert.equal(source.url, 'http://influxdb:8086');
  assert.equal(source.jsonData['organization'], influx['DOCKER_INFLUXDB_INIT_ORG']);
  assert.equal(source.jsonData['defaultBucket'], influx['DOCKER_INFLUXDB_INIT_BUCKET']);
  assert.equal(source.secureJsonData.token, '$INFLUX_TOKEN');
  assert.ok(services['grafana']?.environment?.['INFLUX_TOKEN']);
});

test('the dashboards ask the provisioned data source for Temperature, Humidity, the delays, forecasts and decompositions', () => {
  const asked = ['climate', 'delays', 'analysis'].map((name) => {
    const dashboard = JSON.parse(readFileSync(join(FOLDER, 'grafana', 'dashboards', `${name}.json`), 'utf8')) as {
      uid: string;
      panels: { id: number; datasource: { uid: string }; targets: { query: string }[] }[];
    };
    assert.equal(dashboard.uid, name);
    assert.equal(new Set(dashboard.panels.map(({ id }) => id)).size, dashboard.panels.length);
    for (const { datasource } of dashboard.panels) assert.equal(datasource.uid, 'sensor-data');
    return dashboard.panels.flatMap(({ targets }) => targets.map(({ query }) => query)).join('\n');
  });
  assert.match(asked[0] ?? '', /_measurement == "Temperature"[^]*_measurement == "Humidity"/);
  assert.match(asked[1] ?? '', /_measurement == "Timestamp"/);
  // What the example flows of the two analysis nodes write.
  for (const measurement of ['Forecast', 'BackTest', 'Decomposition', 'Anomalies'])
    assert.match(asked[2] ?? '', new RegExp(`_measurement == "${measurement}"`));
});

test('the launcher fills the secrets in once, for its user alone', (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'compose-'));
  t.after(() => rmSync(folder, { recursive: true }));
  cpSync(join(FOLDER, '.env.example'), join(folder, '.env.example'));
  const settings = composeSettings(folder);
  for (const name of Object.keys(secrets)) assert.match(settings[name] ?? '', /^[0-9a-f]{64}$/);
  assert.equal(new Set(Object.values(settings)).size, 4);
  assert.equal(statSync(join(folder, '.env')).mode & 0o777, 0o600);
  assert.deepEqual(composeSettings(folder), settings);
});
