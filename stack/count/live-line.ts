import { messageOf } from '../../lib/reading/twin-error';
import type { PipelineCount } from './pipeline-count';

/** What the line shows. */
export interface LiveCounts {
  readonly expected: number;
  readonly stages: readonly { readonly name: string; readonly seen: number }[];
  readonly lost: number;
  delayMs(q: number): number | undefined;
}

export interface LiveLineOutput {
  readonly isTTY?: boolean;
  write(text: string): unknown;
}

/** Rewritten in place on a terminal; a line every 10 s elsewhere. */
export class LiveLine {
  readonly #count: PipelineCount;
  readonly #output: LiveLineOutput;
  readonly #timer: NodeJS.Timeout;
  #asking = false;
  #shown = 0;

  constructor(count: PipelineCount, output: LiveLineOutput = process.stdout) {
    this.#count = count;
    this.#output = output;
    this.#timer = setInterval(() => void this.show(), output.isTTY ? 1_000 : 10_000);
  }

  async show(): Promise<void> {
    if (this.#asking) return;
    this.#asking = true;
    const problem = await this.#count.refresh().then(
      () => '',
      (error: unknown) => ` | ${messageOf(error)}`,
    );
    this.#asking = false;
    const line = liveLine(this.#count) + problem;
    if (!this.#output.isTTY) this.#output.write(`${line}\n`);
    else this.#output.write(`\r${line.padEnd(this.#shown)}`);
    this.#shown = line.length;
  }

  close(): void {
    clearInterval(this.#timer);
    if (this.#output.isTTY && this.#shown > 0) this.#output.write('\n');
  }
}

/** The counts in one line. */
export function liveLine(count: LiveCounts): string {
  const delay = (q: number): string => {
    const ms = count.delayMs(q);
    return ms === undefined ? '-' : `${Math.round(ms)} ms`;
  };
  return `${stageCounts(count)} | lost ${inGroups(count.lost)} | delay p50 ${delay(0.5)}, p95 ${delay(0.95)}`;
}

/** What the board wrote and each stage has seen. */
export function stageCounts({ expected, stages }: Pick<LiveCounts, 'expected' | 'stages'>): string {
  return [`board ${inGroups(expected)}`, ...stages.map(({ name, seen }) => `${name} ${inGroups(seen)}`)].join(' | ');
}

const inGroups = (value: number): string => value.toLocaleString('en-US');
