import type { Reading } from '../reading/reading';
import { TwinError } from '../reading/twin-error';

/** A stamp further ahead of our clock than this is a broken clock, not a fast one. */
const MAX_AHEAD_MS = 3_600_000;

/**
 * The number under a key of a reading.
 * @throws TwinError TWIN_VALUE when there is none, or none that is finite
 * @example
 * numberOf({ 'Ambient Temperature': 21.5 }, 'Ambient Temperature'); // => 21.5
 */
export function numberOf(reading: Reading, key: string): number {
  const value = reading[key];
  if (typeof value === 'number' && Number.isFinite(value)) return value;
  const got = value === undefined ? 'no such key' : value === null ? 'null' : typeof value;
  throw new TwinError('TWIN_VALUE', `expected a finite number under "${key}" of the reading, got ${got}`, {
    facts: { key },
  });
}

/**
 * A reading's own time, in epoch milliseconds.
 * @param nowMs epoch ms of our clock: a time more than an hour ahead of it is refused, as it would make every reading
 * after it a late one
 * @throws TwinError TWIN_TIME when there is none, or one that cannot be
 * @example
 * timeOf({ MQTT_Timestamp: 1674000000000 }, 'MQTT_Timestamp', 1674000000250); // => 1674000000000
 */
export function timeOf(reading: Reading, key: string, nowMs: number): number {
  const time = reading[key];
  const facts = { key };
  if (typeof time !== 'number' || !Number.isFinite(time) || time < 0) {
    throw new TwinError('TWIN_TIME', `expected a time in epoch milliseconds under "${key}" of the reading`, { facts });
  }
  if (time > nowMs + MAX_AHEAD_MS) {
    const ahead = ((time - nowMs) / 1000).toFixed(0);
    throw new TwinError('TWIN_TIME', `the time under "${key}" is ${ahead} s ahead of our clock: set the clocks right`, {
      facts,
    });
  }
  return time;
}
