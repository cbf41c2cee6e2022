import assert from 'node:assert/strict';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { checkPipeline, type CheckResult } from '../../stack/count/check-pipeline';
import { PipelineCount } from '../../stack/count/pipeline-count';
import { launchStack } from '../../stack/launch-stack';
import type { Stack } from '../../stack/stack';
import { HandMadePipeline } from './hand-made-pipeline';

const NEVER = new AbortController().signal;
let stack: Stack;
let pipeline: HandMadePipeline;

before(async () => {
  const env = { PATH: process.env['PATH'], HOME: process.env['HOME'], BOARD_FRAMES_PER_S: '100' };
  const dataDir = mkdtempSync(join(tmpdir(), 'stack-'));
  stack = await launchStack({ servers: ['mqtt', 'kafka', 'influx', 'board'], dataDir, log: () => undefined, env });
  assert.deepEqual(stack.missing, []);
  pipeline = await HandMadePipeline.open(stack);
});

after(async () => {
  await stack.stop();
  await pipeline.close();
});

/** @param faults what befalls the first reading that counts */
async function check(faults: HandMadePipeline['next']): Promise<CheckResult> {
  const count = await PipelineCount.open(stack, {}, NEVER);
  const log = (line: string): void => {
    if (line.startsWith('check: ')) pipeline.next = faults;
  };
  try {
    const signal = new AbortController().signal;
    return await checkPipeline(count, { readings: 200, limitS: 120, giveUpMs: 3_000, log, signal });
  } finally {
    await count.close();
  }
}

const rows = (report: string): string[] => report.split('\n').map((line) => line.replace(/ +/g, ' '));

test('a whole pipeline passes: every reading in every stage, counted at the servers', async () => {
  const { passed, report } = await check({});
  assert.deepEqual(rows(report), [
    'stage expected seen lost duplicates',
    'MQTT 200 200 0 0',
    'Kafka 200 200 0 0',
    'InfluxDB 200 200 0 0',
    'OK: 200 readings through every stage, lost 0, duplicates 0',
  ]);
  assert.ok(passed);
});

test('one reading of two hundred that does not reach the database fails the check', async () => {
  const { passed, report } = await check({ lose: 'influx' });
  assert.match(report, /\nFAILED: 1 of 200 readings lost$/);
  assert.ok(rows(report).includes('InfluxDB 200 199 1 0'), report);
  assert.ok(!passed);
});

test('a reading that comes twice is counted once, and as a duplicate', async () => {
  const { passed, report } = await check({ repeat: true });
  assert.deepEqual(rows(report).slice(2), [
    'Kafka 200 200 0 1',
    'InfluxDB 200 200 0 1',
    'OK: 200 readings through every stage, lost 0, duplicates 2',
  ]);
  assert.ok(passed);
});

test('a pipeline that stands still fails the check in time, and the stages that saw nothing are named', async () => {
  const count = await PipelineCount.open(stack, {}, NEVER);
  stack.board?.simulated?.close();
  const options = { readings: 200, limitS: 2, log: () => undefined, signal: new AbortController().signal };
  const { passed, report } = await checkPipeline(count, options).finally(() => count.close());
  assert.match(report, /\nFAILED: no reading in MQTT, Kafka, InfluxDB within 2 s$/);
  assert.ok(!passed);
});

test('a count whose servers have died closes in time', async () => {
  const count = await PipelineCount.open(stack, {}, NEVER);
  await stack.stop();
  await assert.rejects(count.refresh());
  const begun = Date.now();
  await count.close();
  assert.ok(Date.now() - begun < 5_000);
});
