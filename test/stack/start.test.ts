import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { test, type TestContext } from 'node:test';
import { stackFolder } from './stack-folder';

/** Runs `npm start -- --check` with servers of its own; gives its exit code and the lines it printed. */
async function check(t: TestContext, dataDir: string, ...args: string[]): Promise<{ code: number; lines: string[] }> {
  const env = { PATH: process.env['PATH'], HOME: process.env['HOME'] };
  const script = resolve('stack', 'bootstrap.mjs');
  const child = spawn(process.execPath, [script, 'start', '--check', '--data', dataDir, ...args], {
    env,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  t.after(() => child.kill());
  const chunks: Buffer[] = [];
  child.stdout.on('data', (chunk: Buffer) => chunks.push(chunk));
  const [code] = (await once(child, 'close')) as [number];
  return { code, lines: Buffer.concat(chunks).toString().trimEnd().split('\n') };
}

test('npm start -- --check takes the flows that ship through every stage without a loss, and ends with 0', async (t) => {
  const { code, lines } = await check(t, stackFolder(t), '--readings', '100', '--limit', '150');
  assert.equal(lines.at(-1), 'OK: 100 readings through every stage, lost 0, duplicates 0', lines.join('\n'));
  assert.match(
    lines.join('\n'),
    /editor {5}http:\/\/127\.0\.0\.1:\d+\ndashboard {2}http:\/\/127\.0\.0\.1:\d+\/dashboard/,
  );
  assert.equal(code, 0);
});

test('a flow that reaches no server fails the check, which says where nothing came', async (t) => {
  const dataDir = stackFolder(t);
  mkdirSync(join(dataDir, 'node-red'));
  writeFileSync(join(dataDir, 'node-red', 'flows.json'), '[{"id":"tab","type":"tab","label":"empty"}]');
  const { code, lines } = await check(t, dataDir, '--limit', '5');
  assert.equal(lines.at(-1), 'FAILED: no reading in MQTT, Kafka, InfluxDB within 5 s', lines.join('\n'));
  assert.equal(code, 1);
});
