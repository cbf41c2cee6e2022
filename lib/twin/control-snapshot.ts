import type { KeptControl } from './control-loop';

/**
 * Kept states by source out of parsed JSON; what is none is left out.
 * @example
 * const kept = readControlSnapshot({ room: { state: 'on', since: 1000 }, hall: { state: 'warm' } });
 * [...kept.keys()]; // => ['room']
 * readControlSnapshot(null).size; // => 0
 */
export function readControlSnapshot(json: unknown): Map<string, KeptControl> {
  if (typeof json !== 'object' || json === null) return new Map();
  const entries = Object.entries(json as Record<string, Partial<KeptControl> | null>);
  return new Map(
    entries.flatMap(([source, kept]) => {
      const { state, since, heard } = kept ?? {};
      if ((state !== 'on' && state !== 'off') || !Number.isFinite(since)) return [];
      return [[source, { state, since: since!, ...(Number.isFinite(heard) && { heard: heard! }) }] as const];
    }),
  );
}
