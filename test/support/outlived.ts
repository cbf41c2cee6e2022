import { getHeapSpaceStatistics } from 'node:v8';
import { garbageCollector } from './collect-garbage';

const ROUNDS = 50;
const PER_ROUND = 400;

/**
 * Bytes that outlived short collections, of what `step` makes and drops again: 20,000 steps with 100 short collections,
 * two of which something must outlive to be counted.
 */
export function outlivedBytes(step: (index: number) => void): number {
  const collect = garbageCollector();
  const twice = (): void => {
    for (let i = 0; i < 2; i++) collect({ type: 'minor' });
  };
  // What is there already grows old first.
  for (let i = 0; i < 2 * PER_ROUND; i++) step(i);
  twice();
  const before = oldBytes();
  for (let round = 0; round < ROUNDS; round++) {
    for (let i = 0; i < PER_ROUND; i++) step(i);
    twice();
  }
  return oldBytes() - before;
}

function oldBytes(): number {
  return getHeapSpaceStatistics().find(({ space_name }) => space_name === 'old_space')?.space_used_size ?? NaN;
}
