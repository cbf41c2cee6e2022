/** One reading as it was found at a far end. */
export interface SeenReading {
  readonly source: string;
  readonly sequence: number;
}

/** What became of readings between where they were counted in and a far end. */
export interface Arrivals {
  readonly sent: number;
  /** Different readings that arrived. */
  readonly arrived: number;
  readonly lost: readonly string[];
  /** Arrivals beyond the first of the same reading. */
  readonly twice: number;
  /** Whether the first arrivals of each board came in the order of its numbers. */
  readonly orderKept: boolean;
  /** Arrived and never sent. */
  readonly strange: readonly string[];
}

export const identityKey = (source: string, sequence: number): string => `${source} #${sequence}`;

/** Holds readings that were seen, in the order of their arrival, against those that were sent. */
export function countArrivals(sent: ReadonlySet<string>, seen: Iterable<SeenReading>): Arrivals {
  const arrived = new Set<string>();
  const last = new Map<string, number>();
  let all = 0;
  let orderKept = true;
  for (const { source, sequence } of seen) {
    all++;
    const key = identityKey(source, sequence);
    if (arrived.has(key)) continue;
    arrived.add(key);
    if (sequence < (last.get(source) ?? -1)) orderKept = false;
    last.set(source, sequence);
  }
  const lost = [...sent].filter((key) => !arrived.has(key));
  const strange = [...arrived].filter((key) => !sent.has(key));
  return { sent: sent.size, arrived: sent.size - lost.length, lost, twice: all - arrived.size, orderKept, strange };
}
