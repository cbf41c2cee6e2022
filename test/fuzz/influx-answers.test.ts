import assert from 'node:assert/strict';
import { describe } from 'node:test';
import { annotatedCsvRows, type FluxRow } from '../../lib/influx/annotated-csv';
import { externOf } from '../../lib/influx/flux-parameters';
import { influxqlBlocks } from '../../lib/influx/influxql-blocks';
import { influxqlString, quoteIdentifier } from '../../lib/influx/influxql-text';
import { errorOfAnswer } from '../../lib/influx/query-error';
import { durationMs, timeOf } from '../../lib/influx/time-range';
import { decide } from '../../lib/influx/write-decision';
import { TwinError } from '../../lib/reading/twin-error';
import { shown } from '../../lib/reading/shown';
import { allOf } from '../support/cut-bytes';
import { attempt, attemptLater, fuzz } from './fuzz';
import { between, cut, mutate, nastyText, pick } from './material';
import { randomValue } from './random-value';

const ALPHABET = Buffer.from('",\r\n#:{}[]\\ 0123456789.eEresultablnp_');

async function* stream(pieces: readonly Buffer[]): AsyncGenerator<Buffer> {
  for (const piece of pieces) yield await Promise.resolve(piece);
}

/** A text of a query as the reference of InfluxQL reads it; the whole of it, or an error. */
function readLiteral(literal: string): string {
  const [quote] = literal;
  let text = '';
  for (let at = 1; at < literal.length; at++) {
    const character = literal[at]!;
    if (character === quote) {
      if (at === literal.length - 1) return text;
      throw new Error(`the text ends early, and ${literal.slice(at + 1)} is left over`);
    }
    if (character === '\n') throw new Error('a line break within a text');
    if (character !== '\\') text += character;
    else {
      const escaped = literal[++at];
      if (escaped !== '\\' && escaped !== quote && escaped !== 'n') throw new Error(`\\${escaped} is no escape`);
      text += escaped === 'n' ? '\n' : escaped;
    }
  }
  throw new Error('the text has no end');
}

/** A table as the server writes it, and its rows. */
function table(random: () => number): { csv: Buffer; rows: FluxRow[] } {
  const names = [...new Set(Array.from({ length: between(random, 1, 4) }, () => nastyCell(random) || 'x'))];
  const line = (cells: readonly string[]): string => `${cells.map(quoted).join(',')}\r\n`;
  const kinds = names.map(() => pick(random, ['string', 'double', 'long', 'boolean']));
  let csv = line(['#datatype', 'string', 'long', ...kinds]) + line(['', 'result', 'table', ...names]);
  const rows = Array.from({ length: between(random, 0, 4) }, () => {
    const cells = kinds.map((kind) => cellOf(random, kind));
    csv += line(['', '_result', '0', ...cells.map(({ text }) => text)]);
    const named = names.map((name, index): [string, FluxRow[string]] => [name, cells[index]!.value]);
    return Object.fromEntries<FluxRow[string]>([['result', '_result'], ['table', 0], ...named]);
  });
  return { csv: Buffer.from(csv), rows };
}

function cellOf(random: () => number, kind: string): { text: string; value: FluxRow[string] } {
  if (random() < 0.1) return { text: '', value: null };
  const number = kind === 'long' ? between(random, -1e9, 1e9) : (random() - 0.5) * 10 ** between(random, -9, 9);
  if (kind === 'boolean') return random() < 0.5 ? { text: 'true', value: true } : { text: 'false', value: false };
  if (kind !== 'string') return { text: String(number), value: number };
  const text = nastyCell(random);
  return { text, value: text === '' ? null : text };
}

/** Without what the server itself changes: line breaks become CR LF, and half a surrogate pair is no UTF-8. */
const nastyCell = (random: () => number): string => nastyText(random).replaceAll(/[\r\ud800]/g, '');

const quoted = (cell: string): string => (/[",\n]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell);

const body = (random: () => number): string =>
  pick<() => string>(random, [
    () => nastyText(random, 30),
    () => JSON.stringify({ error: nastyText(random, 20) }),
    () => JSON.stringify({ code: 'invalid', message: `unable to parse '${nastyText(random)}': ${nastyText(random)}` }),
    () => pick(random, ['null', '5', '[]', '{"error": 5}', '{"error": "partial write: dropped=', '<html>']),
  ])();

describe('what is read from InfluxDB, and written into its queries', () => {
  fuzz('InfluxQL text', 'ends where it should, and says what was meant', (random) => {
    const text = nastyText(random, 20);
    for (const write of [quoteIdentifier, influxqlString]) {
      const written = attempt(() => write(text));
      assert.equal('refusal' in written, /[\0\r]/.test(text));
      if ('value' in written) assert.equal(readLiteral(written.value), text);
    }
    const given = pick(random, [text, randomValue(random), `-${between(random, 0, 99)}h`, 1e300, new Date(8.64e15)]);
    attempt(() => timeOf(given, 0));
    attempt(() => durationMs(given as string));
    const value = random() < 0.5 ? given : { type: pick(random, ['time', 'duration', 'float']), value: given };
    const extern = attempt(() => externOf({ [random() < 0.8 ? 'name' : text]: value }, 1_700_000_000_000));
    if ('value' in extern) JSON.stringify(extern.value);
  });

  fuzz('annotated CSV', 'reads each row however the bytes are cut; damage is told as a TwinError', async (random) => {
    const { csv, rows } = table(random);
    assert.deepEqual((await allOf(annotatedCsvRows(stream(cut(random, csv))))).flat(), rows, csv.toString());
    await attemptLater(() => allOf(annotatedCsvRows(stream(cut(random, mutate(random, csv, ALPHABET))))));
  });

  fuzz('answers of InfluxDB', 'are understood, or told as a TwinError, whatever a server sends', async (random) => {
    const series = { name: nastyText(random), columns: ['time', 'value'], values: [[1, 2]] };
    const answer = pick(random, [
      { results: [{ statement_id: 0, series: [series], partial: random() < 0.3 }] },
      { results: pick(random, [5, null, {}, [null], [5], [{ series: 5 }], [{ series: [null] }], [{ error: 5 }]]) },
      { results: [{ series: [pick(random, [{}, { columns: 5, values: 5 }, { columns: [], values: [5] }])] }] },
      { error: pick(random, [5, null, 'x', {}]) },
      randomValue(random),
    ]);
    const whole = Buffer.from(`${shown(answer, 10_000)}\n`);
    const json = random() < 0.4 ? mutate(random, whole, ALPHABET) : whole;
    const blocks = await attemptLater(() => allOf(influxqlBlocks(stream(cut(random, json)))));
    if ('value' in blocks)
      for (const { columns, values } of blocks.value) assert.ok(isList(columns) && values.every(isList));

    const headers = {
      'retry-after': nastyText(random),
      'x-influxdb-error': pick(random, [undefined, nastyText(random)]),
    };
    const http = { status: between(random, 200, 599), headers, body: body(random), requestBytes: 1 };
    const decision = decide(http, pick(random, ['1', '2'] as const));
    if ('error' in decision) assert.ok(decision.error instanceof TwinError);
    assert.ok(errorOfAnswer(http, '1') instanceof TwinError);
  });
});

const isList = (value: unknown): boolean => Array.isArray(value);
