/**
 * Rows per second out of InfluxDB: our reader, whole and in batches, against plain HTTP that takes the same chunked
 * answer and does nothing with it. Needs INFLUX_URL (1.x).
 *
 *     INFLUX_URL=http://127.0.0.1:8086 node --import tsx bench/influx-read.ts
 */
import { randomUUID } from 'node:crypto';
import { InfluxHistory } from '../lib/influx/influx-history';
import { InfluxWriter } from '../lib/influx/influx-writer';

const url = process.env.INFLUX_URL ?? 'http://127.0.0.1:8086';
const ROWS = 500_000;
const START_MS = 1_700_000_000_000;
const database = `bench_${randomUUID().slice(0, 8)}`;
const connection = { url, version: '1', database } as const;
const range = { measurement: 'm', field: 'f', start: START_MS, stop: START_MS + ROWS };

async function query(parameters: Record<string, string>): Promise<Response> {
  const response = await fetch(`${url}/query?db=${database}`, {
    method: 'POST',
    body: new URLSearchParams(parameters),
  });
  if (response.status !== 200) throw new Error(`${parameters.q}: ${response.status}`);
  return response;
}

async function drain(): Promise<number> {
  const parameters = { q: 'SELECT f FROM m', epoch: 'ms', chunked: 'true', chunk_size: '5000' };
  const { body } = await query(parameters);
  const reader = body?.getReader();
  while (reader && !(await reader.read()).done);
  return ROWS;
}

async function main(): Promise<void> {
  await query({ q: `CREATE DATABASE "${database}"` });
  const writer = new InfluxWriter(connection, { maxQueued: ROWS });
  for (let from = 0; from < ROWS; from += 50_000) {
    const points = Array.from({ length: 50_000 }, (_, index) => from + index);
    await writer.write(
      points.map((at) => ({ measurement: 'm', tags: {}, fields: { f: at / 3 }, timeMs: START_MS + at })),
    );
  }
  await writer.close();

  const history = new InfluxHistory(connection);
  const subjects: Record<string, () => Promise<number>> = {
    'plain HTTP, answer thrown away': drain,
    'one series': async () => (await history.series(range)).times.length,
    'series in batches': async () => {
      let count = 0;
      for await (const { times } of history.seriesBatches(range)) count += times.length;
      return count;
    },
    'rows in batches': async () => {
      let count = 0;
      for await (const rows of history.rowBatches(range)) count += rows.length;
      return count;
    },
  };
  for (let round = 1; round <= 2; round++) {
    for (const [name, run] of Object.entries(subjects)) {
      const before = performance.now();
      const count = await run();
      const rate = Math.round(count / ((performance.now() - before) / 1_000));
      const memory = Math.round(process.memoryUsage().rss / 1e6);
      console.log(`${name.padEnd(34)}${rate.toLocaleString('en').padStart(10)} rows/s, ${memory} MB resident`);
    }
  }
  history.close();
  await query({ q: `DROP DATABASE "${database}"` });
}

void main();
