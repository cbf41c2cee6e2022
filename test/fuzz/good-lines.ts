import { AMBIENT_HUMIDITY, AMBIENT_TEMPERATURE } from '../../lib/reading/keys';
import type { Reading } from '../../lib/reading/reading';
import { randomReading } from '../lib/reading/random-reading';
import { between, pick } from './material';

export type LineFormatName = 'pico' | 'json' | 'csv';

export interface GoodLine {
  /** With its end. */
  readonly bytes: Buffer;
  readonly values: Reading;
}

/** A line that a board could send, and what it says. Written here by hand, so that no encoder of ours checks itself. */
export function goodLine(random: () => number, format: LineFormatName): GoodLine {
  const end = pick(random, ['\n', '\r', '\r\n']);
  if (format === 'json') {
    const values = randomReading(random);
    const text = random() < 0.5 ? JSON.stringify(values) : ` ${JSON.stringify(values)}\t`;
    return { bytes: Buffer.from(text + end), values: JSON.parse(text) as Reading };
  }
  const digits = format === 'pico' ? 1 : between(random, 0, 4);
  const [temperature, humidity] = [random() * 165 - 40, random() * 100].map((value) => value.toFixed(digits));
  const text =
    format === 'csv'
      ? `${temperature},${pick(random, ['', ' '])}${humidity}`
      : `${temperature!.padStart(4)}  ${humidity!.padStart(4)}`;
  const values = { [AMBIENT_TEMPERATURE]: Number(temperature), [AMBIENT_HUMIDITY]: Number(humidity) };
  return { bytes: Buffer.from(text + end), values };
}
