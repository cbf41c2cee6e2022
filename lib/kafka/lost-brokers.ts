/** A broker that the others have given up is not dialled for this long, in milliseconds, unless they have it back. */
const LOST_MS = 5_000;

/** By address, until when a broker is not dialled, in epoch milliseconds; every client of this process shares it. */
const lost = new Map<string, number>();

export function countAsLost(broker: string): void {
  for (const other of lost.keys()) isLost(other); // Forgets those whose time is over.
  lost.set(broker, Date.now() + LOST_MS);
}

/** The others count this broker among them. */
export const countAsFound = (broker: string): boolean => lost.delete(broker);

/** Whether the others of its cluster have just given this broker up. */
export function isLost(broker: string): boolean {
  const untilMs = lost.get(broker);
  if (untilMs === undefined) return false;
  if (Date.now() < untilMs) return true;
  lost.delete(broker);
  return false;
}

/** What a connection to a lost broker ends with. */
export const lostError = (broker: string): Error & { readonly code: string } =>
  Object.assign(new Error(`${broker} does not answer, and its cluster goes on without it`), {
    code: 'KAFKA_BROKER_LOST',
  });
