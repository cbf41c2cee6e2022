import { TwinError } from '../reading/twin-error';

const UNIT_MS: Readonly<Record<string, number>> = {
  ms: 1,
  s: 1000,
  min: 60_000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
  w: 604_800_000,
};

/**
 * Length of a season in samples, from a number of samples (`12`) or a duration (`24h`, `15 min`, `7d`) and the step of
 * the series.
 *
 * A duration that is no whole number of steps is rounded. Domain: the result is 1 or more.
 * Errors: `SERIES_PERIOD` not readable, or shorter than one step and a half.
 *
 * @example
 * periodInSamples('12', 1000); // => 12
 * periodInSamples('24h', 900000); // => 96
 */
export function periodInSamples(period: string, stepMs: number): number {
  const [, amount, unit] = /^\s*(\d+(?:\.\d+)?)\s*(ms|s|min|m|h|d|w)?\s*$/.exec(period) ?? [];
  if (amount === undefined) {
    throw new TwinError(
      'SERIES_PERIOD',
      `The period "${period}" is neither a number of samples nor a duration such as 24h, 15min or 7d`,
    );
  }
  const samples = unit === undefined ? Number(amount) : (Number(amount) * UNIT_MS[unit]!) / stepMs;
  if (unit === undefined ? !Number.isInteger(samples) || samples < 1 : samples < 1.5) {
    throw new TwinError(
      'SERIES_PERIOD',
      unit === undefined
        ? `A period in samples must be a whole number from 1 on, got ${period}`
        : `The period ${period} is shorter than two steps of the series (${stepMs} ms)`,
    );
  }
  return Math.round(samples);
}
