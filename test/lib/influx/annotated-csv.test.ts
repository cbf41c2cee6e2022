import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { annotatedCsvRows, type FluxRow } from '../../../lib/influx/annotated-csv';
import { TwinError } from '../../../lib/reading/twin-error';
import { allOf, cutBytes } from '../../support/cut-bytes';
import { recordedExchanges } from '../../support/recorded-exchanges';
import { seededRandom } from '../../support/seeded-random';

const recorded = recordedExchanges('v2.8.0');

const rows = async (text: string, length = (): number => 1e9): Promise<FluxRow[]> =>
  (await allOf(annotatedCsvRows(cutBytes(text, length)))).flat();

const bodyOf = (name: string): string => {
  const body = recorded.get(name)?.response?.body;
  assert.ok(body, name);
  return body;
};

/** A result of Flux, whole: neither an error by status, nor cut by the recording, nor without annotations. */
const WHOLE = [...recorded.values()].filter(
  ({ name, request, response }) =>
    request.path.startsWith('/api/v2/query') && response?.status === 200 && !/10000|no_header|content_type/.test(name),
);

describe('rows of annotated CSV', () => {
  it('carry each type as it is meant, times as epoch milliseconds', async () => {
    assert.deepEqual(await rows(bodyOf('query_all_types_nulls')), [
      { result: '_result', table: 0, _time: 1700000000000, s: 'a', b: true, i: 1, u: 5, f: 1.5, t: 1672531200000 },
      { result: '_result', table: 0, _time: 1700000001000, s: null, b: null, i: null, u: null, f: null, t: null },
    ]);
  });

  it('have names and text with commas, quotes and line breaks', async () => {
    assert.deepEqual(await rows(bodyOf('write_escapes_utf8_readback')), [
      {
        result: '_result',
        table: 0,
        _time: 1700000000000,
        _value: 'q"uote back\\slash ünïcode €, comma\nnewline',
        _field: 'f k=é',
        _measurement: 'we ird,m',
        't a=g': 'va lue,x',
      },
    ]);
  });

  it('do not take a text for an annotation', async () => {
    const values = (await rows(bodyOf('query_string_field_starting_with_hash'))).map(({ s }) => s);
    assert.deepEqual(values, ['#datatype,x', 'plain', null]);
  });

  it('have null for what no JSON can carry', async () => {
    assert.deepEqual(
      (await rows(bodyOf('query_inf_nan'))).map(({ v }) => v),
      [null, null, null],
    );
  });

  it('follow the columns of each table', async () => {
    const two = await rows(bodyOf('query_two_yields'));
    assert.deepEqual(
      two.map(({ result, _value }) => [result, _value]),
      [
        ['avg', 20.496499999999997],
        ['raw', 20],
        ['raw', 20.993],
      ],
    );
    assert.equal(two[0]?._time, undefined);
    const mixed = await rows(bodyOf('query_types_unpivoted'));
    assert.ok(mixed.some(({ _value }) => _value === 'hello') && mixed.some(({ _value }) => _value === true));
  });

  it('are none for an empty result', async () => {
    assert.deepEqual(await rows(bodyOf('query_empty_result')), []);
    assert.deepEqual(await rows(''), []);
  });

  it('end with the error that came up after the first of them', async () => {
    const seen: FluxRow[] = [];
    await assert.rejects(
      async () => {
        const parts = annotatedCsvRows(cutBytes(bodyOf('query_runtime_error_after_rows'), () => 64));
        for await (const part of parts) seen.push(...part);
      },
      (error) =>
        error instanceof TwinError && error.code === 'INFLUX_QUERY_FAILED' && /runtime error.*boom/.test(error.message),
    );
    assert.deepEqual(
      seen.map(({ _value }) => _value),
      [20, 20.993, 21.947],
    );
  });

  it('may have columns named error and reference themselves', async () => {
    assert.deepEqual(await rows(bodyOf('query_first_column_hash')), [
      { result: '_result', table: 0, error: 'e', reference: '897' },
    ]);
  });

  it('do not depend on where the bytes are cut', async () => {
    const random = seededRandom(5);
    assert.ok(WHOLE.length > 20);
    for (const { name, response } of WHOLE) {
      const text = response?.body ?? '';
      const outcome = (length?: () => number): Promise<unknown> => rows(text, length).catch(String);
      const whole = await outcome();
      assert.deepEqual(await outcome(() => 1), whole, name);
      for (let round = 0; round < 10; round++) assert.deepEqual(await outcome(() => random() * 60), whole, name);
    }
  });

  it('keep a column named __proto__ as one of their own', async () => {
    const [row] = await rows(',result,table,__proto__\r\n,_result,0,x\r\n');
    assert.deepEqual(Object.entries(row!).at(-1), ['__proto__', 'x']);
  });

  it('that break off within a text or a row are noticed', async () => {
    const failed = (text: string) => assert.rejects(rows(text), (error) => error instanceof TwinError);
    const text = bodyOf('write_escapes_utf8_readback');
    await failed(text.slice(0, text.indexOf('comma')));
    await failed(text.slice(0, text.indexOf('f k=é')));
  });

  it('are refused when the answer is not from InfluxDB', async () => {
    await assert.rejects(
      rows('a,b\n1,2,3\n'),
      (error) => error instanceof TwinError && error.code === 'INFLUX_ANSWER_INVALID',
    );
  });
});
