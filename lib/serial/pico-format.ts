import { AMBIENT_HUMIDITY, AMBIENT_TEMPERATURE } from '../reading/keys';
import type { Reading } from '../reading/reading';
import { TwinError } from '../reading/twin-error';
import { decimalNumber } from './decimal-number';
import type { LineFormat } from './line-framer';
import { implausibility } from './plausible-range';

/** `22.5`, ` 9.5`, `-3.0`, `100.0`: one decimal, at least four characters. */
const FIELD = String.raw`(?: \d|-\d|-?\d{2,})\.\d`;
const LINE = new RegExp(`^(${FIELD}) {2}(${FIELD})$`);

/**
 * The Pico board's lines: temperature in degrees Celsius in characters 0 to 3, relative humidity in per cent in
 * characters 6 to 9, for example `22.5  45.1\r\n`. The text is read as two numbers and never as code. There is no
 * checksum, so only a line that keeps the layout is read: one that lost a digit would otherwise be another, plausible
 * reading.
 */
export class PicoFormat implements LineFormat {
  decode(line: string): Reading {
    const fields = LINE.exec(line);
    if (!fields) {
      const shown = JSON.stringify(line.slice(0, 40));
      const message = `expected a line such as "22.5  45.1", got ${shown}; for another layout choose CSV lines`;
      throw new TwinError('SERIAL_LINE_UNREADABLE', message);
    }
    return climate(fields[1] ?? '', fields[2] ?? '');
  }
}

/** @throws TwinError `SERIAL_NOT_A_NUMBER`, `SERIAL_OUT_OF_RANGE` */
export function climate(temperature: string, humidity: string): Reading {
  const values = {
    [AMBIENT_TEMPERATURE]: decimalNumber(temperature, AMBIENT_TEMPERATURE),
    [AMBIENT_HUMIDITY]: decimalNumber(humidity, AMBIENT_HUMIDITY),
  };
  for (const [key, value] of Object.entries(values)) {
    const reason = implausibility(key, value);
    if (reason) throw new TwinError('SERIAL_OUT_OF_RANGE', `the line was rejected: ${reason}`);
  }
  return values;
}

/** The line that a Pico board sends: one decimal, each value at least four characters wide, two spaces between. */
export function encodePicoLine(temperature: number, humidity: number): Buffer {
  const [first, second] = [temperature, humidity].map((value) => value.toFixed(1).padStart(4));
  return Buffer.from(`${first}  ${second}\r\n`, 'latin1');
}
