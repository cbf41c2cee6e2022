import { periodInSamples } from '../../lib/series/period-in-samples';

/** Milliseconds of an option such as `10s` or `15min`; undefined when it is empty. */
export function durationMs(text: string): number | undefined {
  return text.trim() === '' ? undefined : periodInSamples(text, 1);
}
