/**
 * Rate and memory of the latency core: readings with eight hops from a few boards. The rate is by processor time of
 * this process, so that what else runs on the machine does not count. Prints, never fails.
 */
import { defaultHops } from '../lib/latency/hop-table';
import { LatencyMonitor } from '../lib/latency/latency-monitor';
import {
  BRIDGE_TIMESTAMP,
  JAVA_PROCESSED_TIME,
  MATLAB_PROCESSED_TIME,
  MODEL_REPLY_TIME,
  MQTT_TIMESTAMP,
  SEQUENCE,
  SOURCE,
} from '../lib/reading/keys';

const READINGS = 1_000_000;
const ROUNDS = 5;
const BOARDS = 4;
const START_MS = 1_700_000_000_000;

/** Park-Miller generator: the same delays in every run. */
function seededRandom(seed: number): () => number {
  let state = seed;
  return () => (state = (state * 48_271) % 0x7fffffff) / 0x7fffffff;
}

function run(maxCount: number): void {
  const random = seededRandom(1);
  const monitor = new LatencyMonitor({ hops: defaultHops, window: { maxCount, maxAgeMs: 60_000 } });
  const rates: number[] = [];
  const heapMiB: number[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    const begin = process.cpuUsage();
    for (let i = round * READINGS; i < (round + 1) * READINGS; i++) {
      const sent = START_MS + i / 200;
      const reading = {
        'Ambient Temperature': 22.5,
        'Ambient Humidity': 45.1,
        [MQTT_TIMESTAMP]: sent,
        [BRIDGE_TIMESTAMP]: sent + 1 + random() * 5,
        [JAVA_PROCESSED_TIME]: sent + 10 + random() * 5,
        [MATLAB_PROCESSED_TIME]: sent + 20 + random() * 50,
        [MODEL_REPLY_TIME]: sent + 80 + random() * 50,
        [SOURCE]: `board-${i % BOARDS}`,
        [SEQUENCE]: Math.floor(i / BOARDS),
      };
      monitor.observe(reading, sent + 140 + random() * 10);
    }
    const { user, system } = process.cpuUsage(begin);
    rates.push(READINGS / ((user + system) / 1e6));
    globalThis.gc?.();
    const { heapUsed, arrayBuffers } = process.memoryUsage();
    heapMiB.push((heapUsed + arrayBuffers) / 2 ** 20);
  }
  const begin = performance.now();
  const summaries = monitor.summaries(START_MS + (READINGS * ROUNDS) / 200);
  const summaryMs = performance.now() - begin;
  console.log(
    `window ${maxCount}: ${rates.map((rate) => Math.round(rate).toLocaleString('en')).join(', ')} readings/s of one core; ` +
      `memory ${heapMiB.map((mib) => mib.toFixed(1)).join(', ')} MiB; ${summaries.length} summaries in ${summaryMs.toFixed(2)} ms`,
  );
}

console.log(
  `${ROUNDS} rounds of ${READINGS.toLocaleString('en')} readings, ${defaultHops.length} hops, ${BOARDS} boards`,
);
// The last one is kept as sketches.
for (const maxCount of [100, 1000, 4000, 1_000_000]) run(maxCount);
