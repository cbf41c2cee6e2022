const DAY_MS = 86_400_000;

/**
 * Times at which a series goes on: `horizon` steps after its last time, epoch ms.
 *
 * A series of calendar months, quarters or years (same day of the month and time of day in UTC, usual distance of 28 to
 * 366 days) goes on in calendar months; any other by `stepMs`. Cost: constant plus one per step (the last 13 times are
 * looked at).
 *
 * @example
 * futureTimes(Float64Array.of(0, 1000, 2000), 1000, 2); // => Float64Array.of(3000, 4000)
 * futureTimes(Float64Array.of(Date.UTC(2024, 0, 1), Date.UTC(2024, 1, 1), Date.UTC(2024, 2, 1)), 30 * 86400000, 1); // => Float64Array.of(Date.UTC(2024, 3, 1))
 */
export function futureTimes(times: Float64Array, stepMs: number, horizon: number): Float64Array {
  const last = times.at(-1) ?? 0;
  const months = calendarMonths(times.subarray(-13), stepMs);
  return Float64Array.from({ length: horizon }, (_, i) =>
    months > 0 ? addMonths(last, months * (i + 1)) : last + (i + 1) * stepMs,
  );
}

/** Months between two neighbours when the times are calendar months, else 0. */
function calendarMonths(times: Float64Array, stepMs: number): number {
  if (times.length < 3 || stepMs < 28 * DAY_MS) return 0;
  const months = monthsBetween(times[0]!, times[1]!);
  if (months < 1 || months > 12) return 0;
  for (let i = 1; i < times.length; i++) {
    if (monthsBetween(times[i - 1]!, times[i]!) !== months || addMonths(times[i - 1]!, months) !== times[i]) return 0;
  }
  return months;
}

function monthsBetween(from: number, to: number): number {
  const [a, b] = [new Date(from), new Date(to)];
  return (b.getUTCFullYear() - a.getUTCFullYear()) * 12 + b.getUTCMonth() - a.getUTCMonth();
}

function addMonths(ms: number, months: number): number {
  return new Date(ms).setUTCMonth(new Date(ms).getUTCMonth() + months);
}
