import { CsvLinesFormat } from './csv-lines-format';
import type { Framer } from './framer';
import { JsonLinesFormat } from './json-lines-format';
import { LineFramer } from './line-framer';
import { NucleoFramer } from './nucleo-framer';
import { PicoFormat } from './pico-format';
import { UdpTextFramer } from './udp-text-framer';

/** The formats that boards send. */
export const frameFormats = ['nucleo', 'pico', 'udp', 'json', 'csv'] as const;
export type FrameFormat = (typeof frameFormats)[number];

export interface FrameFormatOptions {
  readonly format: FrameFormat;
  /** CSV: the keys in the order of the columns; none takes them from a heading line. */
  readonly columns?: readonly string[];
  /** CSV: one character. */
  readonly separator?: string;
  /** The stream may begin within a frame, as a port does that is opened while the board sends. */
  readonly startsWithinFrame?: boolean;
}

/** @throws TwinError `SERIAL_OPTIONS` */
export function createFramer({
  format,
  columns = [],
  separator = ',',
  startsWithinFrame = false,
}: FrameFormatOptions): Framer {
  switch (format) {
    case 'nucleo':
      return new NucleoFramer();
    case 'pico':
      return new LineFramer(new PicoFormat());
    case 'udp':
      return new UdpTextFramer();
    case 'json':
      return new LineFramer(new JsonLinesFormat());
    case 'csv':
      // Of all formats this one alone reads the rest of a line as a line: only its first field shows that digits are
      // missing.
      return new LineFramer(new CsvLinesFormat({ columns, separator }), {
        startsWithinLine: startsWithinFrame && columns.length > 0,
      });
  }
}
