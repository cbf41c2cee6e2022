import type { Reading } from '../reading/reading';
import { setMember } from '../reading/set-member';
import { TwinError } from '../reading/twin-error';
import { decimalNumber } from './decimal-number';
import type { LineFormat } from './line-framer';

export interface CsvLinesOptions {
  /** The keys in the order of the columns; empty takes them from a heading line. An empty key skips its column. */
  readonly columns: readonly string[];
  /** One character between the fields. */
  readonly separator: string;
}

/**
 * Numbers in columns, one reading a line. A field that is empty leaves its key out. A line whose every field equals the
 * name of its column is a heading and says nothing.
 */
export class CsvLinesFormat implements LineFormat {
  readonly #given: readonly string[];
  readonly #separator: string;
  #columns: readonly string[];

  /** @throws TwinError `SERIAL_OPTIONS` */
  constructor({ columns, separator }: CsvLinesOptions) {
    if (separator.length !== 1)
      throw new TwinError('SERIAL_OPTIONS', `the separator is one character, got "${separator}"`);
    this.#given = columns.map((name) => name.trim());
    this.#columns = this.#given;
    this.#separator = separator;
  }

  decode(line: string): Reading | undefined {
    const fields = line.split(this.#separator).map((field) => field.trim());
    if (this.#columns.length === 0) {
      this.#columns = heading(fields);
      return undefined;
    }
    if (fields.every((field, index) => field === this.#columns[index])) return undefined;
    if (fields.length !== this.#columns.length) {
      throw new TwinError('SERIAL_LINE_UNREADABLE', `expected ${this.#columns.length} columns, got ${fields.length}`);
    }
    const values: Reading = {};
    for (const [index, name] of this.#columns.entries()) {
      const field = fields[index] ?? '';
      if (name !== '' && field !== '') setMember<unknown>(values, name, decimalNumber(field, name));
    }
    return values;
  }

  reset(): void {
    this.#columns = this.#given;
  }
}

function heading(fields: readonly string[]): readonly string[] {
  if (fields.some((field) => field === '' || /^[+-]?[\d.]/.test(field)))
    throw new TwinError('SERIAL_LINE_UNREADABLE', 'expected a heading line that names the columns');
  return fields;
}
