import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { Spool } from '../../../lib/delivery/spool';
import type { SpoolOptions } from '../../../lib/delivery/spool-options';
import type { SpoolRecord } from '../../../lib/delivery/spool-record';

const closers = new WeakMap<TestContext, (() => unknown)[]>();

/** Has `close` called after the test, the latest first, and before the test's folders are deleted. */
export function closeAfter(t: TestContext, close: () => unknown): void {
  let list = closers.get(t);
  if (!list) {
    const added: (() => unknown)[] = [];
    closers.set(t, (list = added));
    // Hooks run in the order of their registration, which is the wrong one.
    t.after(async () => {
      for (const each of added.reverse()) await each();
    });
  }
  list.push(close);
}

/** A folder of its own for one test, deleted after it. */
export async function temporaryFolder(t: TestContext): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'spool-'));
  closeAfter(t, () => rm(folder, { recursive: true, force: true }));
  return folder;
}

/** An open spool, closed after the test. */
export async function openSpool(t: TestContext, options: SpoolOptions): Promise<Spool> {
  const spool = await Spool.open(options);
  closeAfter(t, () => spool.close());
  return spool;
}

export const bytesOf = (text: string): Buffer => Buffer.from(text, 'utf8');
export const textsOf = (records: readonly SpoolRecord[]): string[] => records.map(({ payload }) => payload.toString());
export const sequencesOf = (records: readonly SpoolRecord[]): number[] => records.map(({ sequence }) => sequence);

/** Integers [from, to]. */
export const range = (from: number, to: number): number[] =>
  Array.from({ length: Math.max(0, to - from + 1) }, (_, index) => from + index);

/**
 * Reads and acknowledges until nothing is left, in batches of random or fixed size; the records get memory of their
 * own.
 */
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
