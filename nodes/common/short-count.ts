/** A count as a status can show it in a few characters: 950, 12.3k, 4.56M. */
export function shortCount(count: number): string {
  if (count < 10_000) return String(count);
  if (count < 1_000_000) return `${trim(count / 1000)}k`;
  return `${trim(count / 1_000_000)}M`;
}

function trim(value: number): string {
  return value >= 100 ? String(Math.floor(value)) : (Math.floor(value * 10) / 10).toString();
}
