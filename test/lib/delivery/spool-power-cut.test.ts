import assert from 'node:assert/strict';
import { execFile, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { promisify } from 'node:util';
import { Spool } from '../../../lib/delivery/spool';
import { seededRandom } from '../../support/seeded-random';
import { closeAfter, sequencesOf } from './spool-harness';
import { TYPESCRIPT } from '../../support/typescript';

const run = promisify(execFile);
const ROUNDS = 6;
const SYNC_MS = 100;
/** Generous: a busy disk takes its time. */
const SYNC_TAKES_MS = 500;

/**
 * Waits for a line, then EXT4_IOC_SHUTDOWN without flushing: at once nothing more reaches the disk, as when the power
 * goes. Other than then, a sync that is under way may still report success (any program's: seen with a plain write and
 * fdatasync, in one of twenty cuts), so that only what was reported before the cut counts.
 */
const CUT = `
import fcntl, os, struct, sys
disk = os.open(sys.argv[1], os.O_RDONLY)
print("ready", flush=True)
sys.stdin.readline()
fcntl.ioctl(disk, 0x8004587D, struct.pack("I", 2))
`;

function missingTools(): string | undefined {
  if (process.getuid?.() !== 0) return 'mounting a disk of its own takes root';
  for (const [tool, argument] of [
    ['mkfs.ext4', '-V'],
    ['python3', '-V'],
  ] as const) {
    try {
      execFileSync(tool, [argument], { stdio: 'ignore' });
    } catch {
      return `${tool} is not installed`;
    }
  }
  return undefined;
}

/** Skipped in sight where it cannot run, but not in CI, where it must. */
const skip = process.env.CI ? undefined : missingTools();

/** A disk of 64 MiB with ext4 on it, whose power can be cut. */
async function disk(t: TestContext) {
  const home = await mkdtemp(join(tmpdir(), 'power-'));
  closeAfter(t, () => rm(home, { recursive: true, force: true }));
  const [image, folder] = [join(home, 'image'), join(home, 'disk')];
  await mkdir(folder);
  await run('truncate', ['-s', '64M', image]);
  await run('mkfs.ext4', ['-q', image]);
  const mount = () => run('mount', ['-o', 'loop', image, folder]);
  await mount();
  closeAfter(t, () => run('umount', ['--lazy', folder]));
  return {
    folder,
    /** Answers a function that cuts the power at once. */
    cutter: async () => {
      const child = spawn('python3', ['-c', CUT, folder], { stdio: ['pipe', 'pipe', 'inherit'] });
      await once(child.stdout, 'data');
      return async () => {
        child.stdin.end('cut\n');
        assert.deepEqual(await once(child, 'exit'), [0, null]);
      };
    },
    /** The power is back: the page cache is gone, the journal is played. */
    restore: async () => {
      await run('umount', [folder]);
      await mount();
    },
  };
}

for (const durability of ['power', 'process']) {
  const promise =
    durability === 'power'
      ? 'loses nothing that was reported as stored'
      : 'costs at most what was not yet synced in the background';
  const title = `a power cut ${promise}, ${durability} durability (${ROUNDS} rounds)`;
  test(title, { ...(skip !== undefined && { skip }) }, async (t) => {
    const { folder, cutter, restore } = await disk(t);
    const random = seededRandom(61);
    const appender = join(__dirname, 'spool-appender.ts');
    let [storedInAll, lostInAll] = [0, 0];
    for (let round = 0; round < ROUNDS; round++) {
      const place = join(folder, `spool-${round}`);
      const child = spawn(
        process.execPath,
        [...TYPESCRIPT, appender, place, String(round), durability, String(SYNC_MS)],
        {
          stdio: ['ignore', 'pipe', 'ignore'],
        },
      );
      let output = '';
      child.stdout.setEncoding('utf8').on('data', (text: string) => (output += text));
      await once(child.stdout, 'data');
      const cut = await cutter();
      await new Promise((resolve) => setTimeout(resolve, 500 + random() * 1500));
      const reported = output;
      const cutMs = Date.now();
      await cut();
      child.kill('SIGKILL');
      if (child.exitCode === null && child.signalCode === null) await once(child, 'close');
      await restore();

      const reports = reported
        .split('\n')
        .slice(0, -1)
        .map((line) => line.split(' '));
      // What was acknowledged while the power went may be noted, or not.
      const acknowledging = Math.max(0, ...(output.match(/(?<=acknowledging )\d+(?=\n)/g) ?? []).map(Number));
      const stored = reports.filter(([word]) => word === 'stored');
      const spool = await Spool.open({ folder: place, durability: 'process', syncEveryMs: 0 });
      const records = await spool.read(1e6);
      const sequences = sequencesOf(records);
      const first = sequences[0] ?? spool.length + 1;
      assert.ok(first <= acknowledging + 1, `round ${round}: from ${first} on, acknowledged up to ${acknowledging}`);
      assert.ok(
        sequences.every((sequence, index) => sequence > (sequences[index - 1] ?? 0)),
        `round ${round}: in order`,
      );
      const names = new Map(records.map(({ sequence, payload }) => [sequence, payload.toString().replace(/:x*$/, '')]));
      const due = stored.filter(([, sequence]) => Number(sequence) >= Math.max(first, acknowledging + 1));
      const lost = due.filter(([, sequence]) => !names.has(Number(sequence)));
      for (const [, sequence, name] of due) {
        if (names.has(Number(sequence))) assert.equal(names.get(Number(sequence)), name);
      }
      if (durability === 'power') {
        assert.equal(lost.length, 0, `round ${round}: ${lost.length} of ${due.length} lost`);
        assert.equal(spool.dropped.damaged, 0);
      } else {
        const oldestMs = cutMs - Math.min(...lost.map(([, , , storedMs]) => Number(storedMs)));
        assert.ok(
          oldestMs < SYNC_MS + SYNC_TAKES_MS,
          `round ${round}: a record lost ${oldestMs} ms after it was stored`,
        );
      }
      storedInAll += due.length;
      lostInAll += lost.length;
      await spool.append(Buffer.from('after'));
      assert.equal((await spool.read(1e6)).at(-1)?.payload.toString(), 'after');
      await spool.close();
      await rm(place, { recursive: true });
    }
    t.diagnostic(`${lostInAll} of ${storedInAll} records lost`);
    assert.ok(storedInAll > 100);
    // Else the cut cuts nothing, and the promise of the other durability is worth nothing.
    if (durability === 'process') assert.ok(lostInAll > 0);
  });
}
