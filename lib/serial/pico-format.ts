import { AMBIENT_HUMIDITY, AMBIENT_TEMPERATURE } from '../reading/keys';
import type { Reading } from '../reading/reading';
import { TwinError } from '../reading/twin-error';
import { decimalNumber } from './decimal-number';
import type { LineFormat } from './line-framer';
import { implausibility } from './plausible-range';

/**
 * The Pico board's lines: temperature in degrees Celsius and relative humidity in per cent, set apart by spaces, for
 * example `22.5  45.1\r\n`. The text is read as two numbers and never as code.
 */
export class PicoFormat implements LineFormat {
  decode(line: string): Reading {
    const parts = line.trim().split(/\s+/);
    if (parts.length !== 2)
      throw new TwinError(
        'SERIAL_LINE_UNREADABLE',
        `expected two numbers such as "22.5  45.1", got ${parts.length} parts`,
      );
    return climate(parts[0]!, parts[1]!);
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

/** The line that a Pico board sends: one decimal, two spaces between. */
export function encodePicoLine(temperature: number, humidity: number): Buffer {
  return Buffer.from(`${temperature.toFixed(1)}  ${humidity.toFixed(1)}\r\n`, 'latin1');
}
