/** Milliseconds in a day. */
export const MS_PER_DAY = 86_400_000;

/** Two neighbouring readings, between which the rate was taken as a straight line. */
export interface LifeGap {
  readonly fromMs: number;
  readonly toMs: number;
  /** Days lost per day at either end. */
  readonly fromRate: number;
  readonly toRate: number;
}

/** A life that runs down at a rate which changes: days left at the time of the latest reading. */
export interface RemainingLife {
  /** Below 0 once the life is over, so that late readings still correct it rightly. */
  readonly days: number;
  /** Epoch ms and rate of the latest reading; both absent before the first. */
  readonly timeMs?: number;
  readonly rate?: number;
  /** The longest intervals between readings, in which late readings may still take their place. */
  readonly gaps: readonly LifeGap[];
}

/** What a reading did to a life. */
export type LifeStep =
  /** It is the latest one: the life was carried on to its time. */
  | 'advanced'
  /** It is late and lies in a kept interval, whose loss was computed anew with it. */
  | 'corrected'
  /** It is late, and nothing can be learnt from it. */
  | 'late';

/** Intervals kept for late readings. */
const MOST_GAPS = 16;

const loss = ({ fromMs, toMs, fromRate, toRate }: LifeGap): number =>
  (((fromRate + toRate) / 2) * (toMs - fromMs)) / MS_PER_DAY;

/**
 * Carries a life on by one reading: trapezoidal rule over the reading's own time, whatever the interval. Between two
 * readings the rate is a straight line, so a long gap is bridged, as the product goes on ageing while nobody measures.
 *
 * Of two readings of the same millisecond the second one's rate counts from there.
 *
 * Late readings: of the intervals between readings the 16 longest are kept. A late reading that lies within one of them
 * splits it, and the life is corrected exactly as if it had come in time; any other changes nothing. So what a spool
 * sends after an outage, behind the live data, takes its place.
 *
 * @param timeMs the reading's own time, epoch ms
 * @param rate days lost per day at that time
 * @example
 * const day = 86400000;
 * const two = advanceLife(advanceLife({ days: 10, gaps: [] }, 0, 1).life, 2 * day, 3).life;
 * two.days; // => 6
 * const late = advanceLife(two, day, 1);
 * late.step; // => 'corrected'
 * late.life.days; // => 7
 */
export function advanceLife(
  life: RemainingLife,
  timeMs: number,
  rate: number,
): { readonly life: RemainingLife; readonly step: LifeStep } {
  const { days, gaps } = life;
  if (life.timeMs === undefined || life.rate === undefined)
    return { life: { days, timeMs, rate, gaps }, step: 'advanced' };
  if (timeMs === life.timeMs) return { life: { ...life, rate }, step: 'advanced' };
  if (timeMs > life.timeMs) {
    const gap = { fromMs: life.timeMs, toMs: timeMs, fromRate: life.rate, toRate: rate };
    return { life: { days: days - loss(gap), timeMs, rate, gaps: longest([...gaps, gap]) }, step: 'advanced' };
  }
  const split = gaps.find(({ fromMs, toMs }) => fromMs < timeMs && timeMs < toMs);
  if (!split) return { life, step: 'late' };
  const before = { ...split, toMs: timeMs, toRate: rate };
  const after = { ...split, fromMs: timeMs, fromRate: rate };
  const corrected = days + loss(split) - loss(before) - loss(after);
  const kept = longest([...gaps.filter((gap) => gap !== split), before, after]);
  return { life: { ...life, days: corrected, gaps: kept }, step: 'corrected' };
}

/** One gap more than the limit at most comes per step, or two in the place of one. */
function longest(gaps: LifeGap[]): LifeGap[] {
  while (gaps.length > MOST_GAPS) {
    let shortest = 0;
    for (const [index, { fromMs, toMs }] of gaps.entries()) {
      const least = gaps[shortest]!;
      if (toMs - fromMs < least.toMs - least.fromMs) shortest = index;
    }
    gaps.splice(shortest, 1);
  }
  return gaps;
}
