import type { ControlLoop } from '../../lib/twin/control-loop';
import type { StatusKind } from '../common/status-line';

export interface ControlStatus {
  readonly kind: StatusKind;
  /** Key under `status` of the words, and what the sentence needs. */
  readonly word: 'none' | 'stale' | 'old' | 'override' | 'unconfirmed' | 'waiting' | 'state' | 'many';
  readonly params: Readonly<Record<string, string | number>>;
}

/** @param old whether readings came that were too old to act upon */
export function controlStatus(loops: readonly ControlLoop[], old: boolean): ControlStatus {
  const [loop] = loops;
  if (!loop || loops.every(({ decided }) => !decided)) {
    return { kind: 'idle', word: old ? 'old' : 'none', params: { state: '' } };
  }
  const inState = (wanted: string): number => loops.filter(({ state, decided }) => decided && state === wanted).length;
  const unconfirmed = loops.filter(({ confirmed, waiting, decided }) => decided && !confirmed && !waiting).length;
  if (unconfirmed > 0) return { kind: 'failed', word: 'unconfirmed', params: { count: unconfirmed } };
  if (loops.length > 1) {
    const stale = loops.some(({ reason }) => reason === 'stale');
    return { kind: stale ? 'waiting' : 'connected', word: 'many', params: { on: inState('on'), off: inState('off') } };
  }
  const params = { state: loop.state ?? '', value: loop.value === undefined ? '' : Number(loop.value.toPrecision(4)) };
  if (loop.waiting) return { kind: 'busy', word: 'waiting', params };
  if (loop.reason === 'stale') return { kind: 'waiting', word: old ? 'old' : 'stale', params };
  return { kind: 'connected', word: loop.reason === 'override' ? 'override' : 'state', params };
}
