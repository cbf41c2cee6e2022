import { existsSync, readFileSync } from 'node:fs';

/** One row of JSON a line, as the tests of faults add them. */
export const FAULT_ROWS = 'fault-rows.jsonl';

/** One fault and what became of the readings that flowed meanwhile. */
export interface FaultRow {
  readonly fault: string;
  readonly flow: string;
  readonly sent: number;
  readonly arrived: number;
  readonly lost: number;
  readonly twice: number;
  readonly orderKept: boolean;
  readonly rejected: number;
  readonly longestDeployS?: number;
  readonly failed: boolean;
  readonly verdict: string;
}

const HEADS = [
  ...['fault', 'flow under test', 'sent', 'arrived', 'lost', 'twice', 'order kept', 'rejected'],
  ...['longest deploy s', 'verdict'],
];

/** All rows as a table of text, numbers to the right. */
function faultTable(rows: readonly FaultRow[]): string {
  const cells = rows.map((row) => [
    ...[row.fault, row.flow, row.sent, row.arrived, row.lost, row.twice, row.orderKept ? 'yes' : 'no', row.rejected],
    ...[row.longestDeployS?.toFixed(1) ?? '-', row.verdict],
  ]);
  const widths = HEADS.map((head, at) => Math.max(head.length, ...cells.map((row) => String(row[at]).length)));
  const line = (row: readonly (string | number)[]): string =>
    row
      .map((cell, at) =>
        typeof cell === 'number' ? String(cell).padStart(widths[at] ?? 0) : String(cell).padEnd(widths[at] ?? 0),
      )
      .join(' | ')
      .trimEnd();
  return [line(HEADS), widths.map((width) => '-'.repeat(width)).join('-|-'), ...cells.map(line)].join('\n');
}

/** Prints the table of the rows that a run has left in a file, if there are any. */
export function printFaultTable(file: string, log: (line: string) => void): void {
  if (!existsSync(file)) return;
  const lines = readFileSync(file, 'utf8').trim().split('\n');
  log(`\n${faultTable(lines.map((line) => JSON.parse(line) as FaultRow))}\n`);
}
