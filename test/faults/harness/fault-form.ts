/**
 * How long everything lasts: `FAULTS=long` (npm run test:faults) as the promise is stated, else a short form for every
 * change (npm test).
 */
const isLong = process.env['FAULTS'] === 'long';

export const form = {
  isLong,
  /** Readings a second, of all boards together. */
  ratePerS: 200,
  /** Readings flow for at least this long. */
  loadS: isLong ? 60 : 8,
  /** Of which so long before a fault and, at least, after it. */
  leadS: isLong ? 3 : 2,
  /** A server is killed or hangs for this long. */
  outageS: isLong ? 20 : 4,
  /** Between two deaths of a process. */
  pauseS: isLong ? 10 : 1,
  hangS: isLong ? 30 : 5,
  /** A line answers garbage, a credential is refused, an answer comes late for this long. */
  badLineS: isLong ? 20 : 3,
  /** Deploys of each kind. */
  deploys: isLong ? 30 : 3,
} as const;

/**
 * The long form gives each fault readings of its own; the short one lets them happen one after the other to the same.
 */
export const grouped = <T>(faults: readonly T[]): (readonly T[])[] =>
  isLong ? faults.map((fault) => [fault]) : [faults];

/** A test's own limit, far beyond what it takes. */
export const LIMIT_MS = isLong ? 1_500_000 : 480_000;
