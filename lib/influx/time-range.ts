import { shown } from '../reading/shown';
import { TwinError } from '../reading/twin-error';

const UNIT_MS: Readonly<Record<string, number>> = {
  ms: 1,
  s: 1_000,
  m: 60_000,
  min: 60_000,
  h: 3_600_000,
  d: 86_400_000,
  w: 604_800_000,
};
const DURATION = /^(\d+)(ms|s|m|min|h|d|w)$/;
/** What a Date can hold, less the millisecond that some queries take away. */
const MAX_MS = 8.64e15 - 1;
const ISO_8601 = /^\d{4}-\d{2}-\d{2}(?:[T ]\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?(?:Z|[+-]\d{2}:?\d{2})?)?$/;

/**
 * A moment: epoch milliseconds (a number or its digits), a Date, ISO 8601 text, `now`, or `-10h` and the like before
 * now.
 */
export type TimeInput = number | string | Date;

/**
 * Epoch milliseconds of a moment. Units of a relative one: ms, s, m or min, h, d (24 h), w.
 *
 * @throws TwinError INFLUX_TIME_INVALID
 */
export function timeOf(input: unknown, nowMs: number): number {
  const ms = momentOf(input, nowMs);
  if (ms !== undefined && Math.abs(ms) <= MAX_MS) return ms;
  throw new TwinError(
    'INFLUX_TIME_INVALID',
    `${shown(input, 60)} is no time: write epoch milliseconds, ISO 8601 such as 2026-11-24T08:00:00Z, now, or -10h`,
  );
}

/** Whether a moment is told by its distance from now. */
export const isRelative = (input: TimeInput): boolean => typeof input === 'string' && /^\s*([+-]|now)/.test(input);

function momentOf(input: unknown, nowMs: number): number | undefined {
  if (typeof input === 'number' && Number.isFinite(input)) return input;
  if (input instanceof Date && !Number.isNaN(input.getTime())) return input.getTime();
  if (typeof input === 'string') {
    const text = input.trim();
    if (text === 'now' || text === 'now()') return nowMs;
    if (/^[+-]/.test(text)) return nowMs + (text.startsWith('-') ? -1 : 1) * spanMs(text.slice(1));
    if (/^\d{9,14}$/.test(text)) return Number(text);
    const parsed = ISO_8601.test(text) ? Date.parse(text) : NaN;
    if (!Number.isNaN(parsed)) return parsed;
  }
  return undefined;
}

/**
 * Milliseconds of a span: a number of milliseconds, or `500ms`, `10s`, `5m`, `1h`, `1d`, `1w`.
 *
 * @throws TwinError INFLUX_DURATION_INVALID
 */
export function durationMs(input: number | string): number {
  if (typeof input === 'number' && Number.isSafeInteger(input) && input > 0) return input;
  const ms = typeof input === 'string' ? spanMs(input.trim()) : NaN;
  if (ms > 0 && Number.isSafeInteger(ms)) return ms;
  throw new TwinError('INFLUX_DURATION_INVALID', `${shown(input, 60)} is no span of time: write 10s, 5m, 1h or 1d`);
}

/** Milliseconds of a span in words, of any size; NaN for other text. */
function spanMs(text: string): number {
  const [, count, unit = ''] = DURATION.exec(text) ?? [];
  return Number(count) * (UNIT_MS[unit] ?? NaN);
}
