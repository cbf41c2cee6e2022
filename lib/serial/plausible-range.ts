/** Closed range of values that a sensor can report. */
export interface PlausibleRange {
  readonly min: number;
  readonly max: number;
}

/** Degrees Celsius; the range of common air sensors (SHT3x data sheet: -40 to 125). */
export const TEMPERATURE_RANGE: PlausibleRange = { min: -40, max: 125 };
/** Per cent relative humidity. */
export const HUMIDITY_RANGE: PlausibleRange = { min: 0, max: 100 };

/** The range for a key of the wire, by its last word; undefined where nothing is known about it. */
export function plausibleRange(key: string): PlausibleRange | undefined {
  if (key.endsWith('Temperature')) return TEMPERATURE_RANGE;
  if (key.endsWith('Humidity')) return HUMIDITY_RANGE;
  return undefined;
}

/** What is wrong with a value, or undefined when it may be true. */
export function implausibility(key: string, value: number): string | undefined {
  const range = plausibleRange(key);
  if (range === undefined || (value >= range.min && value <= range.max)) return undefined;
  return `${key} ${value} is outside of ${range.min} to ${range.max}`;
}
