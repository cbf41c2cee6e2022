/**
 * A value of any kind for the words of an error: its JSON where it has one, at most `most` characters. Never throws,
 * not even for a bigint, a circle or a `toJSON` that fails: the error is what matters then.
 */
export function shown(value: unknown, most = 100): string {
  return (jsonOf(value) ?? (typeof value === 'object' ? 'an object' : typeof value)).slice(0, most);
}

function jsonOf(value: unknown): string | undefined {
  // JSON has no NaN and no bigint.
  if (typeof value === 'number' || typeof value === 'bigint') return String(value);
  try {
    return JSON.stringify(value);
  } catch {
    return undefined;
  }
}
