import type { LifeGap, RemainingLife } from './remaining-life';

/** The lives of all sources as plain JSON, to be kept in a file. */
export interface LifeSnapshot {
  /** What the lives were computed by; lives of another model are of no use. */
  readonly model: string;
  readonly lives: Readonly<Record<string, RemainingLife>>;
}

/**
 * A snapshot out of parsed JSON. What is not one, or is of another model, gives no lives; a life that is damaged costs
 * only itself.
 * @example
 * const lives = { board: { days: 30.5, timeMs: 1000, rate: 1.5, gaps: [] } };
 * readLifeSnapshot({ model: 'green-life', lives }, 'green-life'); // => lives
 * readLifeSnapshot({ model: 'q10', lives }, 'green-life'); // => ({})
 */
export function readLifeSnapshot(json: unknown, model: string): Record<string, RemainingLife> {
  if (!isObject(json) || json['model'] !== model || !isObject(json['lives'])) return {};
  const entries = Object.entries(json['lives']).flatMap(([source, life]) => {
    const read = readLife(life);
    return read ? [[source, read] as const] : [];
  });
  return Object.fromEntries(entries);
}

function readLife(life: unknown): RemainingLife | undefined {
  if (!isObject(life)) return undefined;
  const { days, timeMs, rate, gaps } = life;
  if (![days, timeMs, rate].every(Number.isFinite)) return undefined;
  const kept = Array.isArray(gaps) ? gaps.filter(isGap) : [];
  return { days: days as number, timeMs: timeMs as number, rate: rate as number, gaps: kept };
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const isGap = (value: unknown): value is LifeGap =>
  isObject(value) &&
  [value['fromMs'], value['toMs'], value['fromRate'], value['toRate']].every(Number.isFinite) &&
  (value['fromMs'] as number) < (value['toMs'] as number);
