import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { Spool } from '../../../lib/delivery/spool';
import type { SpoolOptions } from '../../../lib/delivery/spool-options';
import type { SpoolRecord } from '../../../lib/delivery/spool-record';

/** A folder of its own for one test, deleted after it. */
export async function temporaryFolder(t: TestContext): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'spool-'));
  t.after(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

/** An open spool, closed after the test. */
export async function openSpool(t: TestContext, options: SpoolOptions): Promise<Spool> {
  const spool = await Spool.open(options);
  t.after(() => spool.close());
  return spool;
}

export const bytesOf = (text: string): Buffer => Buffer.from(text, 'utf8');
export const textsOf = (records: readonly SpoolRecord[]): string[] => records.map(({ payload }) => payload.toString());
export const sequencesOf = (records: readonly SpoolRecord[]): number[] => records.map(({ sequence }) => sequence);

/** Integers [from, to]. */
export const range = (from: number, to: number): number[] =>
  Array.from({ length: Math.max(0, to - from + 1) }, (_, index) => from + index);

/** Reads and acknowledges until nothing is left, in batches of random or fixed size; the records get memory of their own. */
export async function drain(spool: Spool, batchSize: () => number = () => 100): Promise<SpoolRecord[]> {
  const all: SpoolRecord[] = [];
  for (;;) {
    const records = await spool.read(batchSize());
    const last = records.at(-1);
    if (!last) return all;
    all.push(...records.map((record) => ({ ...record, payload: Buffer.from(record.payload) })));
    await spool.acknowledge(last.sequence);
  }
}
