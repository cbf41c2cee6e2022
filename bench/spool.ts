/**
 * Rates of the spool, each beside plain writes and reads of the same bytes in the same run. Prints, never fails.
 *
 * single: the next record when the one before is stored; batch: a thousand at once. process: written; power: synced
 * too.
 */
import { mkdtemp, open, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { Spool } from '../lib/delivery/spool';
import type { SpoolDurability } from '../lib/delivery/spool-options';
import { RECORD_HEADER_BYTES } from '../lib/delivery/spool-record';

const PAYLOAD = Buffer.alloc(200, '{"Ambient Temperature": 22.5, "Ambient Humidity": 45.1} ');
const BATCH = 1_000;
const READ_RECORDS = 500;
const ROUNDS = 5;

interface Case {
  readonly durability: SpoolDurability;
  /** Records at once. */
  readonly width: number;
  readonly count: number;
}

const CASES: readonly Case[] = [
  { durability: 'process', width: 1, count: 20_000 },
  { durability: 'process', width: BATCH, count: 300_000 },
  { durability: 'power', width: 1, count: 500 },
  { durability: 'power', width: BATCH, count: 100_000 },
];

const median = (values: readonly number[]): number => values.toSorted((a, b) => a - b)[values.length >> 1] ?? 0;
const perSecond = (count: number, beginMs: number): number => count / ((performance.now() - beginMs) / 1000);
const show = (rate: number): string => `${Math.round(rate).toLocaleString('en')}/s`;

async function spoolRates(
  folder: string,
  { durability, width, count }: Case,
): Promise<{ append: number; read: number }> {
  const spool = await Spool.open({ folder, durability, maxBytes: 2 ** 30 });
  let begin = performance.now();
  for (let done = 0; done < count; done += width) {
    if (width === 1) await spool.append(PAYLOAD);
    else await Promise.all(Array.from({ length: width }, () => spool.append(PAYLOAD)));
  }
  const append = perSecond(count, begin);
  begin = performance.now();
  for (;;) {
    const last = (await spool.read(READ_RECORDS)).at(-1);
    if (!last) break;
    await spool.acknowledge(last.sequence);
  }
  const read = perSecond(count, begin);
  await spool.close();
  return { append, read };
}

/** The same bytes, with nothing around them. */
async function plainRates(
  folder: string,
  { durability, width, count }: Case,
): Promise<{ append: number; read: number }> {
  const file = await open(join(folder, 'plain'), 'w+');
  const record = RECORD_HEADER_BYTES + PAYLOAD.length;
  const bytes = Buffer.alloc(width * record, 1);
  let begin = performance.now();
  for (let done = 0; done < count; done += width) {
    await file.write(bytes, 0, bytes.length, done * record);
    if (durability === 'power') await file.datasync();
  }
  const append = perSecond(count, begin);
  const chunk = Buffer.alloc(READ_RECORDS * record);
  begin = performance.now();
  for (let done = 0; done < count; done += READ_RECORDS) await file.read(chunk, 0, chunk.length, done * record);
  const read = perSecond(count, begin);
  await file.close();
  return { append, read };
}

async function run(one: Case): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'spool-bench-'));
  try {
    const rounds = [];
    for (let round = 0; round < ROUNDS; round++) {
      rounds.push({ spool: await spoolRates(join(folder, `${round}`), one), plain: await plainRates(folder, one) });
    }
    const [append, plainAppend, read, plainRead] = [
      median(rounds.map(({ spool }) => spool.append)),
      median(rounds.map(({ plain }) => plain.append)),
      median(rounds.map(({ spool }) => spool.read)),
      median(rounds.map(({ plain }) => plain.read)),
    ];
    const name = `${one.durability}, ${one.width === 1 ? 'single' : `batches of ${one.width}`}`;
    console.log(
      `${name.padEnd(27)} append ${show(append)} (plain ${show(plainAppend)}, x${(append / plainAppend).toFixed(2)}); ` +
        `read and acknowledge by ${READ_RECORDS}: ${show(read)} (plain read ${show(plainRead)})`,
    );
  } finally {
    await rm(folder, { recursive: true });
  }
}

async function main(): Promise<void> {
  console.log(`payload ${PAYLOAD.length} bytes, median of ${ROUNDS} rounds`);
  for (const one of CASES) await run(one);
}

void main();
