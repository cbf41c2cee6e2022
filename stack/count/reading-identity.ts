import { MQTT_TIMESTAMP, SEQUENCE, SOURCE } from '../../lib/reading/keys';

/** Who a reading is: its board, its number there, and when it went to MQTT (epoch ms). */
export interface ReadingIdentity {
  readonly source: string;
  readonly sequence: number;
  readonly timeMs: number;
}

/** Identity of a reading as it came over the wire; undefined for anything else. */
export function readingIdentity(bytes: Buffer | null): ReadingIdentity | undefined {
  let reading: unknown;
  try {
    reading = JSON.parse(bytes?.toString() ?? '');
  } catch {
    return undefined;
  }
  if (typeof reading !== 'object' || reading === null) return undefined;
  const { [SOURCE]: source, [SEQUENCE]: sequence, [MQTT_TIMESTAMP]: timeMs } = reading as Record<string, unknown>;
  if (typeof source !== 'string' || typeof sequence !== 'number') return undefined;
  return { source, sequence, timeMs: typeof timeMs === 'number' ? timeMs : NaN };
}
