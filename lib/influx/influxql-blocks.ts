import { isReading } from '../reading/reading';
import { TwinError } from '../reading/twin-error';
import { shorten } from './influx-answer';
import { errorOfReason } from './query-error';

export type InfluxqlValue = number | string | boolean | null;

/** Some rows of one series of one statement, as they came. */
export interface InfluxqlBlock {
  readonly statement: number;
  /** The measurement, or what else the statement lists. */
  readonly name: string;
  readonly tags: Readonly<Record<string, string>>;
  readonly columns: readonly string[];
  readonly values: readonly (readonly InfluxqlValue[])[];
}

interface ResultDocument {
  readonly error?: string;
  readonly results?: readonly {
    readonly statement_id?: number;
    readonly error?: string;
    readonly partial?: boolean;
    readonly series?: readonly {
      readonly name?: string;
      readonly tags?: Record<string, string>;
      readonly columns: readonly string[];
      readonly values?: readonly (readonly InfluxqlValue[])[];
    }[];
  }[];
}

/** A part of an answer larger than this is not of a server that was asked for parts of bounded rows. */
const MAX_DOCUMENT_BYTES = 64_000_000;
const LINE_FEED = 10;

/**
 * The blocks of a chunked answer of `/query`: one JSON document per line. Only one document is held at a time.
 *
 * @throws TwinError as `errorOfReason` says (an error within an answer of success, however late),
 *   INFLUX_ANSWER_INVALID, INFLUX_ANSWER_CUT (it ended before the server's own end mark)
 */
export async function* influxqlBlocks(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<InfluxqlBlock> {
  let whole = true;
  let documents = 0;
  for await (const text of textLines(chunks)) {
    documents++;
    const document = parse(text);
    if (document.error !== undefined) throw errorOfReason(document.error);
    for (const { statement_id: statement = 0, error, partial, series = [] } of document.results ?? []) {
      if (error !== undefined) throw errorOfReason(error);
      whole = partial !== true;
      for (const { name = '', tags = {}, columns, values = [] } of series) {
        yield { statement, name, tags, columns, values };
      }
    }
  }
  if (!whole || documents === 0) {
    throw new TwinError('INFLUX_ANSWER_CUT', 'InfluxDB ended its answer before all rows had come', { retryable: true });
  }
}

function parse(text: string): ResultDocument {
  try {
    const document: unknown = JSON.parse(text);
    if (isDocument(document)) return document;
  } catch {
    // Told below, with what came instead.
  }
  throw new TwinError('INFLUX_ANSWER_INVALID', `the answer is not what InfluxDB sends: ${shorten(text)}`);
}

/** Columns and rows are then lists; what their cells hold is not looked at. */
function isDocument(value: unknown): value is ResultDocument {
  return isReading(value) && isText(value.error) && isListOf(value.results, isResult);
}

const isResult = (value: unknown): boolean =>
  isReading(value) && isText(value.error) && isListOf(value.series, isSeries);

const isSeries = (value: unknown): boolean =>
  isReading(value) && Array.isArray(value.columns) && isListOf(value.values, Array.isArray);

const isText = (value: unknown): boolean => value === undefined || typeof value === 'string';

const isListOf = (value: unknown, isItem: (item: unknown) => boolean): boolean =>
  value === undefined || (Array.isArray(value) && value.every(isItem));

/** Lines without their ends; a last one without an end counts; empty ones do not. Each byte is copied at most once. */
async function* textLines(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<string> {
  let pending: Uint8Array[] = [];
  let pendingBytes = 0;
  for await (const chunk of chunks) {
    let from = 0;
    for (let end = chunk.indexOf(LINE_FEED); end >= 0; end = chunk.indexOf(LINE_FEED, from)) {
      pending.push(chunk.subarray(from, end));
      const text = Buffer.concat(pending).toString().trim();
      pending = [];
      pendingBytes = 0;
      if (text) yield text;
      from = end + 1;
    }
    if (from === chunk.length) continue;
    pending.push(chunk.subarray(from));
    pendingBytes += chunk.length - from;
    if (pendingBytes > MAX_DOCUMENT_BYTES) {
      throw new TwinError('INFLUX_ANSWER_INVALID', `a part of the answer is longer than ${MAX_DOCUMENT_BYTES} bytes`);
    }
  }
  const text = Buffer.concat(pending).toString().trim();
  if (text) yield text;
}
