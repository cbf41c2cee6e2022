import assert from 'node:assert/strict';
import { appendFileSync } from 'node:fs';
import type { TestContext } from 'node:test';
import type { FaultRow } from '../../../stack/fault-table';
import type { Arrivals } from './arrivals';

export interface RowFacts {
  readonly fault: string;
  readonly flow: string;
  readonly arrivals: Arrivals;
  /** A database absorbs what comes twice; a log does not. */
  readonly onceOnly: boolean;
  readonly rejected?: number;
  readonly longestDeployS?: number;
  readonly note?: string;
  /** The suite must be able to see a loss: here there has to be one. */
  readonly mustLose?: boolean;
}

/** Puts one line into the table of all faults, and fails the test unless the line shows what was promised. */
export function report(t: TestContext, facts: RowFacts): void {
  const { fault, flow, arrivals, onceOnly, rejected = 0, longestDeployS, note, mustLose = false } = facts;
  const { sent, arrived, lost, twice, orderKept, strange } = arrivals;
  const faults = [
    ...(sent === 0 ? ['nothing was sent'] : []),
    ...(lost.length > 0 ? [`${lost.length} lost, such as ${lost.slice(0, 3).join(', ')}`] : []),
    ...(onceOnly && twice > 0 ? [`${twice} twice`] : []),
    ...(orderKept ? [] : ['order broken']),
    ...(strange.length > 0 ? [`${strange.length} never sent, such as ${strange.slice(0, 3).join(', ')}`] : []),
  ];
  const failed = mustLose ? lost.length === 0 : faults.length > 0;
  const said = mustLose ? (failed ? 'FAILED: no loss was seen' : 'loss seen, as it must be') : undefined;
  const row: FaultRow = {
    ...{ fault, flow, sent, arrived, lost: lost.length, twice, orderKept, rejected },
    ...(longestDeployS === undefined ? {} : { longestDeployS }),
    verdict: `${said ?? (failed ? `FAILED: ${faults.join('; ')}` : 'ok')}${note ? ` (${note})` : ''}`,
  };
  t.diagnostic(JSON.stringify(row));
  const file = process.env['FAULTS_ROWS'];
  if (file) appendFileSync(file, `${JSON.stringify(row)}\n`);
  assert.ok(!failed, `${fault}, ${flow}: ${row.verdict}`);
}
