import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { isRunning, processIdentity } from '../../stack/process-identity';
import { runTestFiles, type TestCount } from '../../stack/run-test-files';
import { until } from '../support/until';

/** Runs one test file with this body. */
async function run(t: TestContext, body: string): Promise<TestCount> {
  const folder = mkdtempSync(join(tmpdir(), 'run-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  const name = join(folder, 'of-a-user.test.cjs');
  writeFileSync(name, `require('node:test').test('it', () => {${body}});`);
  // Without the mark by which a runner knows that it runs within another one, and then does nothing.
  const env = { ...process.env };
  delete env['NODE_TEST_CONTEXT'];
  const options = {
    env,
    countFile: join(folder, 'count.json'),
    signal: new AbortController().signal,
    endMs: 1_000,
    quiet: true,
  };
  return runTestFiles({ names: [name], concurrency: 1, limitMs: 60_000 }, options);
}

test('what passes and what fails is counted', async (t) => {
  assert.deepEqual(await run(t, ''), { passed: 1, failed: 0, skipped: 0, failures: [] });
  const { passed, failed, failures } = await run(t, 'throw new Error()');
  assert.deepEqual([passed, failed, failures.length], [0, 1, 1]);
  assert.match(failures[0] ?? '', /of-a-user\.test\.cjs: it$/);
});

test('a process that outlives its test unseen, and does not heed SIGTERM, is ended with the run', async (t) => {
  const file = join(mkdtempSync(join(tmpdir(), 'run-')), 'pid');
  t.after(() => rmSync(dirname(file), { recursive: true, force: true }));
  const script = "process.on('SIGTERM', () => {}); console.log(); setInterval(() => {}, 1e3)";
  const start = `require('node:child_process').spawn(process.execPath, ['-e', ${JSON.stringify(script)}], { stdio: ['ignore', 'pipe', 'ignore'] })`;
  const body = `const child = ${start};
    require('node:fs').writeFileSync(${JSON.stringify(file)}, String(child.pid));
    return require('node:events').once(child.stdout, 'data').then(() => { child.stdout.destroy(); child.unref(); });`;
  assert.equal((await run(t, body)).passed, 1);
  const identity = processIdentity(Number(readFileSync(file, 'utf8')));
  await until(() => identity === undefined || !isRunning(identity), 5_000, 'the end of what the test left');
});

test('a process that outlives its test is ended, and has failed the run', async (t) => {
  const stay = `process.execPath, ['-e', 'setInterval(() => {}, 1e3)'], { stdio: ['ignore', 'ignore', 'inherit'] }`;
  assert.deepEqual(await run(t, `require('node:child_process').spawn(${stay}).unref();`), {
    passed: 1,
    failed: 1,
    skipped: 0,
    failures: ['a process that a test left running kept the runner from its end'],
  });
});
