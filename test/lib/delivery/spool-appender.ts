/**
 * A process to be killed: appends for ever in random bursts, reads and acknowledges now and then, and reports on
 * stdout, by writes that return only when the pipe has them, what was promised to it. Ends when the disk fails.
 * Arguments: folder, round, durability, syncEveryMs.
 */
import { writeSync } from 'node:fs';
import { Spool } from '../../../lib/delivery/spool';
import { errnoOf } from '../../../lib/delivery/spool-files';
import type { SpoolDurability } from '../../../lib/delivery/spool-options';
import { seededRandom } from '../../support/seeded-random';

/** Returns when the pipe has the line, be the other end as slow as it likes. */
function report(line: string): void {
  let rest = Buffer.from(`${line}\n`);
  while (rest.length > 0) {
    try {
      rest = rest.subarray(writeSync(1, rest));
    } catch (error) {
      if (errnoOf(error) !== 'EAGAIN') throw error;
    }
  }
}

async function run(folder: string, round: number, durability: SpoolDurability, syncEveryMs: number): Promise<never> {
  const random = seededRandom(round);
  const spool = await Spool.open({ folder, durability, syncEveryMs, segmentBytes: 64 * 1024, maxBytes: 2 ** 30 });
  for (let index = 0; ;) {
    const burst = Array.from({ length: 1 + Math.floor(random() * 50) }, () => index++);
    await Promise.all(
      burst.map(async (n) => {
        const filler = 'x'.repeat(Math.floor(random() * 400));
        const sequence = await spool.append(Buffer.from(`${round}:${n}:${filler}`));
        report(`stored ${sequence} ${round}:${n} ${Date.now()}`);
      }),
    );
    if (random() < 0.3) {
      const last = (await spool.read(1 + Math.floor(random() * 60))).at(-1);
      if (!last) continue;
      report(`acknowledging ${last.sequence}`);
      await spool.acknowledge(last.sequence);
      report(`acknowledged ${last.sequence}`);
    }
  }
}

const [folder, round, durability, syncEveryMs = 1000] = process.argv.slice(2);
run(folder ?? '', Number(round), durability as SpoolDurability, Number(syncEveryMs)).catch(() => process.exit(1));
