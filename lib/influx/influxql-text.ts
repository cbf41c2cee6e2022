import { TwinError } from '../reading/twin-error';

/**
 * Identifiers and string literals of InfluxQL. Source: InfluxQL reference, "Identifiers" and "Strings": within the
 * quotes a backslash escapes itself, the quote and `n`; any other escape, and a raw line break, is an error.
 */

/** A name in double quotes, whatever it holds. Throws TwinError INFLUX_NAME_INVALID for a name with a NUL or CR. */
export function quoteIdentifier(name: string): string {
  return `"${escape(name, '"')}"`;
}

/** A string literal in single quotes. Throws TwinError INFLUX_NAME_INVALID for a text with a NUL or CR. */
export function influxqlString(text: string): string {
  return `'${escape(text, "'")}'`;
}

function escape(text: string, quote: string): string {
  // The server's scanner takes a NUL for the end of the query, and CR for a line break, for which it has no escape.
  if (/[\0\r]/.test(text)) {
    throw new TwinError(
      'INFLUX_NAME_INVALID',
      `${JSON.stringify(text).slice(0, 100)} holds a NUL or a carriage return, which no query can carry`,
    );
  }
  return text.replaceAll('\\', '\\\\').replaceAll(quote, `\\${quote}`).replaceAll('\n', '\\n');
}
