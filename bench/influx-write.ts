/**
 * Lines per second into InfluxDB: our writer, given points one by one and in batches, against the best that plain HTTP
 * does in the same run: the same ready-made text of 5,000 lines, posted over one kept connection. Needs INFLUX_URL
 * (1.x).
 *
 *     INFLUX_URL=http://127.0.0.1:8086 node --import tsx bench/influx-write.ts
 */
import { randomUUID } from 'node:crypto';
import { Agent, request } from 'node:http';
import { InfluxWriter } from '../lib/influx/influx-writer';
import { encodePoint } from '../lib/influx/line-protocol';
import type { Point } from '../lib/influx/point';

const url = process.env.INFLUX_URL ?? 'http://127.0.0.1:8086';
const LINES = 200_000;
const BATCH = 5_000;
const ROUNDS = 3;
/** Points that a flow has under way at most. */
const WINDOW = 20_000;

const point = (index: number): Point => ({
  measurement: 'Temperature',
  tags: { location: 'Germany', Source: `board${index % 10}` },
  fields: { 'Ambient Temperature': 20 + Math.sin(index) },
  timeMs: 1_700_000_000_000 + (index % BATCH),
});
const text = Array.from({ length: BATCH }, (_, index) => encodePoint(point(index), 0)).join('\n');

async function query(q: string): Promise<void> {
  const { status } = await fetch(`${url}/query`, { method: 'POST', body: new URLSearchParams({ q }) });
  if (status !== 200) throw new Error(`${q}: ${status}`);
}

async function rawPosts(database: string): Promise<void> {
  const agent = new Agent({ keepAlive: true });
  for (let sent = 0; sent < LINES; sent += BATCH) {
    await new Promise<void>((resolve, reject) => {
      const post = request(`${url}/write?db=${database}&precision=ns`, { method: 'POST', agent }, (response) => {
        response.resume();
        if (response.statusCode === 204) response.on('end', resolve);
        else reject(new Error(`status ${response.statusCode}`));
      });
      post.on('error', reject);
      post.end(text);
    });
  }
  agent.destroy();
}

/** `calls` points in each call of `write`, as many calls at once as the window holds. */
const ours =
  (calls: number, options: { concurrency?: number; gzip?: boolean } = {}) =>
  async (database: string): Promise<void> => {
    const writer = new InfluxWriter({ url, version: '1', database }, options);
    let next = 0;
    const lane = async (): Promise<void> => {
      while (next < LINES) {
        const from = next;
        next += calls;
        await writer.write(Array.from({ length: calls }, (_, index) => point(from + index)));
      }
    };
    await Promise.all(Array.from({ length: WINDOW / calls }, lane));
    await writer.close();
  };

const subjects: Record<string, (database: string) => Promise<void>> = {
  'plain HTTP, the same 5,000 lines again and again': rawPosts,
  'writer, a point a call': ours(1),
  'writer, two points a call': ours(2),
  'writer, 500 points a call': ours(500),
  'writer, 5,000 points a call': ours(BATCH),
  'writer, 5,000 points a call, two requests at once': ours(BATCH, { concurrency: 2 }),
  'writer, 5,000 points a call, compressed': ours(BATCH, { gzip: true }),
};

async function main(): Promise<void> {
  const rates = new Map<string, number[]>();
  for (let round = 0; round < ROUNDS; round++) {
    for (const [name, run] of Object.entries(subjects)) {
      const database = `bench_${randomUUID().slice(0, 8)}`;
      await query(`CREATE DATABASE "${database}"`);
      const before = performance.now();
      await run(database);
      const seconds = (performance.now() - before) / 1_000;
      rates.set(name, [...(rates.get(name) ?? []), LINES / seconds]);
      await query(`DROP DATABASE "${database}"`);
    }
  }
  const best = (name: string): number => Math.max(...(rates.get(name) ?? [0]));
  const raw = best(Object.keys(subjects)[0] ?? '');
  console.log(`best of ${ROUNDS} rounds, ${LINES} lines each, ${url}`);
  for (const name of Object.keys(subjects)) {
    const share = `${Math.round((100 * best(name)) / raw)} %`;
    console.log(
      `${name.padEnd(52)}${Math.round(best(name)).toLocaleString('en').padStart(9)} lines/s ${share.padStart(6)}`,
    );
  }
}

void main();
