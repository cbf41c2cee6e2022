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
  /** What the fault itself destroys is lost for good: how many of it the nodes have counted. */
  readonly counted?: number;
  /** Out of order is better than lost here. */
  readonly anyOrder?: boolean;
}

/** Puts lines into the table of all faults, and fails the test unless each shows what was promised. */
export function report(t: TestContext, ...all: readonly RowFacts[]): void {
  const rows = all.map((facts) => ({ facts, ...judge(facts) }));
  const file = process.env['FAULTS_ROWS'];
  for (const { facts, failed, verdict } of rows) {
    const { fault, flow, arrivals, rejected = 0, longestDeployS } = facts;
    const { sent, arrived, lost, twice, orderKept } = arrivals;
    const row: FaultRow = {
      ...{ fault, flow, sent, arrived, lost: lost.length, twice, orderKept, rejected, failed, verdict },
      ...(longestDeployS === undefined ? {} : { longestDeployS }),
    };
    t.diagnostic(JSON.stringify(row));
    if (file) appendFileSync(file, `${JSON.stringify(row)}\n`);
  }
  assert.deepEqual(
    rows.filter(({ failed }) => failed).map(({ facts, verdict }) => `${facts.fault}, ${facts.flow}: ${verdict}`),
    [],
  );
}

function judge({ arrivals, onceOnly, note, mustLose = false, counted = 0, anyOrder = false }: RowFacts): {
  failed: boolean;
  verdict: string;
} {
  const { sent, lost, twice, orderKept, strange } = arrivals;
  const faults = [
    ...(sent === 0 ? ['nothing was sent'] : []),
    ...(lost.length === counted
      ? []
      : [`${lost.length} lost (counted: ${counted}), such as ${lost.slice(0, 3).join()}`]),
    ...(onceOnly && twice > 0 ? [`${twice} twice`] : []),
    ...(orderKept || anyOrder ? [] : ['order broken']),
    ...(strange.length > 0 ? [`${strange.length} never sent, such as ${strange.slice(0, 3).join(', ')}`] : []),
  ];
  const failed = mustLose ? lost.length === 0 : faults.length > 0;
  const passed = mustLose ? 'loss seen, as it must be' : counted > 0 ? `ok, ${counted} counted as lost` : 'ok';
  const said = failed ? `FAILED: ${mustLose ? 'no loss was seen' : faults.join('; ')}` : passed;
  return { failed, verdict: note ? `${said} (${note})` : said };
}
