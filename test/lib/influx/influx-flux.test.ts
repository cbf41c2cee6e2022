import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { inspect } from 'node:util';
import { externOf } from '../../../lib/influx/flux-parameters';
import { InfluxFlux } from '../../../lib/influx/influx-flux';
import { TwinError } from '../../../lib/reading/twin-error';
import { InfluxDatabase } from '../../support/influx-database';
import { allOf } from '../../support/cut-bytes';

const NOW_MS = 1_700_000_000_000;

/** The expression that a value is bound as. */
function bound(value: unknown): unknown {
  const { body } = externOf({ x: value }, NOW_MS) as {
    body?: { assignment: { init: { properties: { value: unknown }[] } } }[];
  };
  return body?.[0]?.assignment.init.properties[0]?.value;
}

describe('parameters of a Flux query', () => {
  it('are bound as one record by a file beside the query', () => {
    assert.deepEqual(externOf({ device: 'a"b' }, NOW_MS), {
      type: 'File',
      package: null,
      imports: null,
      body: [
        {
          type: 'OptionStatement',
          assignment: {
            type: 'VariableAssignment',
            id: { type: 'Identifier', name: 'params' },
            init: {
              type: 'ObjectExpression',
              properties: [
                {
                  type: 'Property',
                  key: { type: 'Identifier', name: 'device' },
                  value: { type: 'StringLiteral', value: 'a"b' },
                },
              ],
            },
          },
        },
      ],
    });
  });

  it('keep their types', () => {
    assert.deepEqual(bound('") |> drop()'), { type: 'StringLiteral', value: '") |> drop()' });
    assert.deepEqual(bound(5), { type: 'IntegerLiteral', value: '5' });
    assert.deepEqual(bound(-(2n ** 63n)), { type: 'IntegerLiteral', value: '-9223372036854775808' });
    assert.deepEqual(bound(2.5), { type: 'FloatLiteral', value: 2.5 });
    assert.deepEqual(bound(false), { type: 'BooleanLiteral', value: false });
    assert.deepEqual(bound(new Date(NOW_MS)), { type: 'DateTimeLiteral', value: '2023-11-14T22:13:20.000Z' });
    assert.deepEqual(bound(['a', 1]), {
      type: 'ArrayExpression',
      elements: [
        { type: 'StringLiteral', value: 'a' },
        { type: 'IntegerLiteral', value: '1' },
      ],
    });
  });

  it('may say which type is meant', () => {
    assert.deepEqual(bound({ type: 'float', value: 5 }), { type: 'FloatLiteral', value: 5 });
    assert.deepEqual(bound({ type: 'time', value: '-1h' }), {
      type: 'DateTimeLiteral',
      value: '2023-11-14T21:13:20.000Z',
    });
    const spans = {
      type: 'DurationLiteral',
      values: [
        { magnitude: 1, unit: 'h' },
        { magnitude: 30, unit: 'm' },
      ],
    };
    assert.deepEqual(bound({ type: 'duration', value: '1h30m' }), spans);
    assert.deepEqual(bound({ type: 'duration', value: '-1h30m' }), {
      type: 'UnaryExpression',
      operator: '-',
      argument: spans,
    });
  });

  for (const value of [
    null,
    undefined,
    NaN,
    Infinity,
    {},
    () => 1,
    { type: 'float', value: 'x' },
    { type: 'duration', value: '1 hour' },
  ]) {
    it(`are refused when they have no type in Flux: ${inspect(value)}`, () => {
      assert.throws(
        () => bound(value),
        (error) => error instanceof TwinError && error.code === 'INFLUX_PARAMETER_INVALID',
      );
    });
  }

  it('are refused under a name that is no identifier', () => {
    assert.throws(
      () => externOf({ 'a b': 1 }, NOW_MS),
      (error) => error instanceof TwinError && /"a b"/.test(error.message),
    );
  });
});

describe('Flux', () => {
  it('is refused on 1.x before anything is sent', () => {
    assert.throws(
      () => new InfluxFlux({ url: 'http://127.0.0.1:1', version: '1', database: 'd' }),
      (error) => error instanceof TwinError && error.code === 'INFLUX_FLUX_UNSUPPORTED',
    );
  });

  // Only 2.x has Flux: where INFLUX_URL leads to a server of 1.x there is nothing to test.
  if (process.env['INFLUX_VERSION'] !== '2') return;

  it('reads rows by a query with parameters', async (t) => {
    const database = await InfluxDatabase.create(t);
    await database.write(`m,Source=a f=1.5 ${NOW_MS}\nm,Source=b f=2.5 ${NOW_MS}`);
    const flux = new InfluxFlux(database.connection);
    t.after(() => flux.close());
    const query = `from(bucket: params.bucket) |> range(start: params.start, stop: params.stop)
      |> filter(fn: (r) => r.Source == params.source and r._value > params.least)`;
    const parameters = {
      bucket: database.name,
      start: new Date(NOW_MS - 1),
      stop: { type: 'time', value: NOW_MS + 1 },
      source: 'b',
      least: { type: 'float', value: 2 },
    };
    const rows = (await allOf(flux.queryBatches(query, parameters))).flat();
    assert.deepEqual(
      rows.map(({ _time, _value, Source }) => ({ _time, _value, Source })),
      [{ _time: NOW_MS, _value: 2.5, Source: 'b' }],
    );
    await assert.rejects(
      allOf(flux.queryBatches('from(')),
      (error) => error instanceof TwinError && error.code === 'INFLUX_QUERY_FAILED',
    );
  });
});
