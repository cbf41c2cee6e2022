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
  loadS: isLong ? 60 : 10,
  /** A server is killed or hangs for this long. */
  outageS: isLong ? 20 : 4,
  /** Between two deaths of a process. */
  pauseS: isLong ? 10 : 1,
  hangS: isLong ? 30 : 6,
  /** A line answers garbage, a credential is refused, an answer comes late for this long. */
  badLineS: isLong ? 20 : 4,
  /** Deploys of each kind. */
  deploys: isLong ? 30 : 4,
} as const;

/** A test's own limit, far beyond what it takes. */
export const LIMIT_MS = isLong ? 1_500_000 : 240_000;
