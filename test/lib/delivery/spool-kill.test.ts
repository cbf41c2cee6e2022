import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { test } from 'node:test';
import { Spool } from '../../../lib/delivery/spool';
import { seededRandom } from '../../support/seeded-random';
import { sequencesOf, temporaryFolder } from './spool-harness';
import { TYPESCRIPT } from '../../support/typescript';

const ROUNDS = 20;

/** Runs the appender until it is killed (-9), a random time after its first report; answers its reports. */
async function killedAppender(folder: string, round: number, durability: string, afterMs: number): Promise<string[]> {
  const appender = join(__dirname, 'spool-appender.ts');
  const child = spawn(process.execPath, [...TYPESCRIPT, appender, folder, String(round), durability], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let output = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => (output += text));
  await Promise.race([
    once(child.stdout, 'data'),
    once(child, 'exit').then(() => assert.fail('the appender ended by itself')),
  ]);
  setTimeout(() => child.kill('SIGKILL'), afterMs);
  const [, signal] = (await once(child, 'close')) as [number | null, string | null];
  assert.equal(signal, 'SIGKILL');
  // The last line may be cut by the kill.
  return output.split('\n').slice(0, -1);
}

const numbers = (lines: readonly string[], word: string): number[] =>
  lines.filter((line) => line.startsWith(`${word} `)).map((line) => Number(line.split(' ')[1]));

for (const durability of ['process', 'power']) {
  test(`kill -9 loses nothing that was reported as stored, ${durability} durability (${ROUNDS} rounds)`, async (t) => {
    const folder = await temporaryFolder(t);
    const random = seededRandom(31);
    /** Reported payloads by sequence, over all rounds so far. */
    const reported = new Map<number, string>();
    let [acknowledged, acknowledging] = [0, 0];
    for (let round = 0; round < ROUNDS; round++) {
      const lines = await killedAppender(folder, round, durability, Math.floor(random() * 150));
      for (const line of lines.filter((text) => text.startsWith('stored '))) {
        const [, sequence, name] = line.split(' ');
        assert.ok(!reported.has(Number(sequence)), `sequence ${sequence} was given twice`);
        reported.set(Number(sequence), name ?? '');
      }
      acknowledged = Math.max(acknowledged, ...numbers(lines, 'acknowledged'));
      acknowledging = Math.max(acknowledging, ...numbers(lines, 'acknowledging'));

      const spool = await Spool.open({ folder, durability: 'process' });
      const records = await spool.read(1e6);
      const sequences = sequencesOf(records);
      assert.deepEqual(
        sequences,
        sequences.map((_, index) => (sequences[0] ?? 0) + index),
        'in order, none missing, none twice',
      );
      const first = sequences[0] ?? acknowledging + 1;
      assert.ok(acknowledged < first, `round ${round}: ${acknowledged} was acknowledged, but ${first} came again`);
      assert.ok(
        first <= acknowledging + 1,
        `round ${round}: ${first} came, but only ${acknowledging} was to be skipped`,
      );
      const found = new Map(records.map(({ sequence, payload }) => [sequence, payload.toString().replace(/:x*$/, '')]));
      for (const [sequence, name] of reported) {
        if (sequence >= first) assert.equal(found.get(sequence), name, `round ${round}, sequence ${sequence}`);
        else reported.delete(sequence);
      }
      assert.deepEqual(spool.dropped, { full: 0, age: 0, damaged: 0 });
      await spool.close();
    }
    assert.ok(acknowledged > 0, 'the rounds acknowledged something');
  });
}
