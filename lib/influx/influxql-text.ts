import { TwinError } from '../reading/twin-error';

/**
 * Identifiers and string literals of InfluxQL. Source: InfluxQL reference, "Identifiers" and "Strings": within the
 * quotes a backslash escapes itself, the quote and `n`; any other escape, and a raw line break, is an error.
 */

/** A name in double quotes, whatever it holds. Throws TwinError INFLUX_NAME_INVALID for a name with a NUL. */
export function quoteIdentifier(name: string): string {
  return `"${escape(name, '"')}"`;
}

/** A string literal in single quotes. Throws TwinError INFLUX_NAME_INVALID for a text with a NUL. */
export function influxqlString(text: string): string {
  return `'${escape(text, "'")}'`;
}

function escape(text: string, quote: string): string {
  // The server's scanner takes a NUL for the end of the query.
  if (text.includes('\0')) {
    throw new TwinError(
      'INFLUX_NAME_INVALID',
      `${JSON.stringify(text).slice(0, 100)} holds a NUL, which no query can carry`,
    );
  }
  return text.replaceAll('\\', '\\\\').replaceAll(quote, `\\${quote}`).replaceAll('\n', '\\n');
}
