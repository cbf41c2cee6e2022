import { setMember } from '../reading/set-member';
import { TwinError } from '../reading/twin-error';
import { errorOfReason } from './query-error';

export type FluxValue = number | string | boolean | null;

/** A row of a Flux result. `result` and `table` say where it stands; times are epoch milliseconds. */
export type FluxRow = Record<string, FluxValue>;

/** A record longer than this is not taken into memory. */
const MAX_RECORD_CHARACTERS = 16_000_000;

type Column = { readonly name: string; readonly byDefault: string; readonly read: (text: string) => FluxValue };

/**
 * The rows of annotated CSV, in parts as they arrive (source: InfluxDB reference, "Annotated CSV"; RFC 4180). An empty
 * value is null; the format does not tell it from an empty text. Numbers beyond 2^53 lose their last digits. Infinity
 * and NaN, which no JSON can carry on, are null.
 *
 * @throws TwinError as `errorOfReason` says: an error that came up after the first rows ends the answer as a table of
 *   its own; INFLUX_ANSWER_INVALID, INFLUX_ANSWER_CUT
 */
export async function* annotatedCsvRows(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<FluxRow[]> {
  let types: readonly string[] = [];
  let defaults: readonly string[] = [];
  let columns: readonly Column[] | undefined;
  let failing = false;
  for await (const records of csvRecords(chunks)) {
    const rows: FluxRow[] = [];
    for (const record of records) {
      const [mark = ''] = record;
      if (record.length === 1 && mark === '') {
        // An empty line ends a table; the next begins with its own annotations or header.
        columns = undefined;
      } else if (mark.startsWith('#')) {
        columns = undefined;
        if (mark === '#datatype') types = record;
        else if (mark === '#default') defaults = record;
      } else if (!columns) {
        // No other table lacks the columns `result` and `table`.
        failing = record.length === 3 && record[1] === 'error' && record[2] === 'reference';
        columns = record.map((name, index) => columnOf(name, types[index] ?? 'string', defaults[index] ?? ''));
      } else if (failing) {
        throw errorOfReason(record[1] ?? 'an error without words');
      } else {
        rows.push(rowOf(record, columns));
      }
    }
    if (rows.length > 0) yield rows;
  }
}

function rowOf(record: readonly string[], columns: readonly Column[]): FluxRow {
  if (record.length !== columns.length) {
    const counts = `${record.length} values for ${columns.length} columns`;
    throw new TwinError('INFLUX_ANSWER_INVALID', `the answer is not what InfluxDB sends: ${counts}`);
  }
  const row: FluxRow = {};
  // The first column holds the annotations' names.
  for (let index = 1; index < columns.length; index++) {
    const column = columns[index];
    if (!column) continue;
    const text = record[index] || column.byDefault;
    setMember(row, column.name, text === '' ? null : column.read(text));
  }
  return row;
}

function columnOf(name: string, type: string, byDefault: string): Column {
  return { name, byDefault, read: READERS[type] ?? ((text) => text) };
}

const finite = (value: number): number | null => (Number.isFinite(value) ? value : null);

const READERS: Readonly<Record<string, (text: string) => FluxValue>> = {
  double: (text) => finite(Number(text)),
  long: (text) => finite(Number(text)),
  unsignedLong: (text) => finite(Number(text)),
  boolean: (text) => text === 'true',
  'dateTime:RFC3339': (text) => finite(Date.parse(text)),
  'dateTime:RFC3339Nano': (text) => finite(Date.parse(text)),
};

/** CSV records in parts, one part per chunk. Looks at each character once, however the bytes are cut. */
async function* csvRecords(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<string[][]> {
  const decoder = new TextDecoder();
  let pending = '';
  let pendingQuoted = false;
  for await (const chunk of chunks) {
    const text = decoder.decode(chunk, { stream: true });
    const records: string[][] = [];
    let from = 0;
    for (let end = text.indexOf('\n'); end >= 0; end = text.indexOf('\n', end + 1)) {
      const piece = text.slice(from, end);
      from = end + 1;
      if (oddQuotes(piece) !== pendingQuoted) {
        // The line break stands within quotes.
        pending += `${piece}\n`;
        pendingQuoted = true;
        continue;
      }
      const record = pending + piece;
      records.push(splitRecord(record.endsWith('\r') ? record.slice(0, -1) : record));
      pending = '';
      pendingQuoted = false;
    }
    const rest = text.slice(from);
    pendingQuoted = oddQuotes(rest) !== pendingQuoted;
    pending += rest;
    if (pending.length > MAX_RECORD_CHARACTERS) {
      throw new TwinError('INFLUX_ANSWER_INVALID', `a row is longer than ${MAX_RECORD_CHARACTERS} characters`);
    }
    if (records.length > 0) yield records;
  }
  if (pendingQuoted) {
    throw new TwinError('INFLUX_ANSWER_CUT', 'InfluxDB ended its answer in the middle of a row', { retryable: true });
  }
  if (pending.trim() !== '') yield [splitRecord(pending)];
}

function oddQuotes(text: string): boolean {
  let odd = false;
  for (let at = text.indexOf('"'); at >= 0; at = text.indexOf('"', at + 1)) odd = !odd;
  return odd;
}

function splitRecord(record: string): string[] {
  if (!record.includes('"')) return record.split(',');
  const values: string[] = [];
  let from = 0;
  while (from <= record.length) {
    let end = record[from] === '"' ? closingQuote(record, from) + 1 : from;
    end = record.indexOf(',', end);
    if (end < 0) end = record.length;
    const value = record.slice(from, end);
    values.push(value.startsWith('"') ? unquote(value) : value);
    from = end + 1;
  }
  return values;
}

/** The server writes each line break within a text as CR LF, whichever it was. */
const unquote = (value: string): string => value.slice(1, -1).replaceAll('""', '"').replaceAll('\r\n', '\n');

/** Where a value in quotes ends; a doubled quote is a quote within it. */
function closingQuote(record: string, opening: number): number {
  let at = record.indexOf('"', opening + 1);
  while (at >= 0 && record[at + 1] === '"') at = record.indexOf('"', at + 2);
  return at < 0 ? record.length - 1 : at;
}
