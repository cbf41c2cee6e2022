/**
 * A process to be killed: appends for ever in random bursts, reads and acknowledges now and then, and reports on stdout,
 * by writes that return only when the pipe has them, what was promised to it. Ends when the disk fails. Arguments: folder,
 * round, durability, syncEveryMs.
 */
import { writeSync } from 'node:fs';
import { Spool } from '../../../lib/delivery/spool';
import type { SpoolDurability } from '../../../lib/delivery/spool-options';
import { seededRandom } from '../../support/seeded-random';

async function run(folder: string, round: number, durability: SpoolDurability, syncEveryMs: number): Promise<never> {
  const random = seededRandom(round);
  const spool = await Spool.open({ folder, durability, syncEveryMs, segmentBytes: 64 * 1024, maxBytes: 2 ** 30 });
  for (let index = 0; ;) {
    const burst = Array.from({ length: 1 + Math.floor(random() * 50) }, () => index++);
    await Promise.all(
      burst.map(async (n) => {
        const filler = 'x'.repeat(Math.floor(random() * 400));
        const sequence = await spool.append(Buffer.from(`${round}:${n}:${filler}`));
        writeSync(1, `stored ${sequence} ${round}:${n} ${Date.now()}\n`);
      }),
    );
    if (random() < 0.3) {
      const last = (await spool.read(1 + Math.floor(random() * 60))).at(-1);
      if (!last) continue;
      writeSync(1, `acknowledging ${last.sequence}\n`);
      await spool.acknowledge(last.sequence);
      writeSync(1, `acknowledged ${last.sequence}\n`);
    }
  }
}

const [folder, round, durability, syncEveryMs = 1000] = process.argv.slice(2);
run(folder ?? '', Number(round), durability as SpoolDurability, Number(syncEveryMs)).catch(() => process.exit(1));
