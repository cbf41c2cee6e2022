import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import type { StressOrder } from './stress-member';
import { TYPESCRIPT } from '../../support/typescript';

interface Delivery {
  readonly member: Member;
  readonly ms: number;
}

/** What is known of one record of the topic. */
export interface Fate {
  readonly deliveries: Delivery[];
  /** When it was first settled, epoch milliseconds. */
  settledMs: number;
}

/** A process of the group, from its start to its death. */
export interface Member {
  readonly child: ChildProcess;
  killedMs: number;
}

/** Why a record was delivered once more. */
export interface Repeats {
  /** The member that had it was killed before the commit. */
  killed: number;
  /** The partition went to another living member while the record was in flight. */
  moved: number;
  /** The same living member got it again. */
  sameMember: number;
}

/** Member processes of one group, and all that they told. */
export class StressGroup {
  /** By `PARTITION OFFSET`. */
  readonly fates = new Map<string, Fate>();
  readonly warnings: string[] = [];
  /** How many records were settled by somebody. */
  settled = 0;
  readonly #order: Omit<StressOrder, 'seed'>;
  readonly #t: TestContext;
  readonly #members: Member[] = [];
  #started = 0;

  constructor(t: TestContext, order: Omit<StressOrder, 'seed'>) {
    this.#t = t;
    this.#order = order;
  }

  start(): void {
    const order: StressOrder = { ...this.#order, seed: this.#started++ };
    const child = spawn(process.execPath, [...TYPESCRIPT, join(__dirname, 'stress-member.ts'), JSON.stringify(order)], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const member: Member = { child, killedMs: Infinity };
    this.#members.push(member);
    this.#t.after(() => child.kill('SIGKILL'));
    createInterface({ input: child.stdout }).on('line', (line) => this.#hear(member, line));
  }

  /** kill -9 of the member that has lived longest; resolves when all that it wrote is read. */
  async killOldest(): Promise<void> {
    const oldest = this.#members.find(({ killedMs }) => killedMs === Infinity);
    if (!oldest) throw new Error('no member lives');
    oldest.killedMs = Date.now();
    const closed = once(oldest.child, 'close');
    oldest.child.kill('SIGKILL');
    await closed;
  }

  /** Lets the living members go, as a deploy does. */
  async stop(): Promise<void> {
    const living = this.#members.filter(({ killedMs }) => killedMs === Infinity);
    await Promise.all(
      living.map(async ({ child }) => {
        const closed = once(child, 'close');
        child.kill('SIGTERM');
        await closed;
      }),
    );
  }

  /** Deliveries beyond the first, by their reason. */
  repeats(): Repeats {
    const repeats: Repeats = { killed: 0, moved: 0, sameMember: 0 };
    for (const { deliveries } of this.fates.values()) {
      deliveries.forEach(({ member, ms }, index) => {
        const before = deliveries[index - 1];
        if (!before) return;
        if (before.member === member) repeats.sameMember++;
        else if (before.member.killedMs <= ms) repeats.killed++;
        else repeats.moved++;
      });
    }
    return repeats;
  }

  #hear(member: Member, line: string): void {
    const [kind, partition, offset, ms] = line.split(' ');
    if (kind === 'w') this.warnings.push(line.slice(2));
    if (kind !== 'd' && kind !== 's') return;
    const name = `${partition} ${offset}`;
    const fate = this.fates.get(name) ?? { deliveries: [], settledMs: Infinity };
    this.fates.set(name, fate);
    if (kind === 'd') fate.deliveries.push({ member, ms: Number(ms) });
    else if (fate.settledMs === Infinity) this.settled++;
    if (kind === 's') fate.settledMs = Math.min(fate.settledMs, Number(ms));
  }
}
