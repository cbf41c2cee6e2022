import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { influxqlBlocks, type InfluxqlBlock } from '../../../lib/influx/influxql-blocks';
import { TwinError } from '../../../lib/reading/twin-error';
import { allOf, cutBytes } from '../../support/cut-bytes';
import { recordedExchanges } from '../../support/recorded-exchanges';
import { seededRandom } from '../../support/seeded-random';

const blocks = (text: string, length = (): number => 1e9): Promise<InfluxqlBlock[]> =>
  allOf(influxqlBlocks(cutBytes(text, length)));

const bodyOf = (server: 'v1.6.7' | 'v2.8.0', name: string): string => {
  const body = recordedExchanges(server).get(name)?.response?.body;
  assert.ok(body, name);
  return body;
};

const failsWith =
  (code: string, words = /./, retryable = false) =>
  (error: unknown) =>
    error instanceof TwinError && error.code === code && words.test(error.message) && error.retryable === retryable;

describe('parts of an InfluxQL answer', () => {
  for (const [server, name] of [
    ['v1.6.7', 'query_chunked_2'],
    ['v2.8.0', 'v1_query_chunked'],
  ] as const) {
    it(`come one by one, as ${server} sends them`, async () => {
      const common = { statement: 0, name: 'bulk', tags: {}, columns: ['time', 'temp'] };
      assert.deepEqual(await blocks(bodyOf(server, name)), [
        {
          ...common,
          values: [
            [1700000000000, 20],
            [1700000001000, 20.1],
          ],
        },
        {
          ...common,
          values: [
            [1700000002000, 20.2],
            [1700000003000, 20.3],
          ],
        },
        { ...common, values: [[1700000004000, 20.4]] },
      ]);
    });

    it(`do not depend on where the bytes of ${server} are cut`, async () => {
      const body = bodyOf(server, name).replace('"bulk"', '"bü€lk😀"');
      const whole = await blocks(body);
      assert.deepEqual(await blocks(body, () => 1), whole);
      const random = seededRandom(3);
      for (let round = 0; round < 50; round++) assert.deepEqual(await blocks(body, () => random() * 40), whole);
    });

    it(`of ${server} that break off after any byte are noticed, unless only the last line end is missing`, async () => {
      const body = bodyOf(server, name);
      for (let bytes = 0; bytes < body.length - 1; bytes++) {
        await assert.rejects(
          blocks(body.slice(0, bytes)),
          (error) => error instanceof TwinError,
          `after ${bytes} bytes`,
        );
      }
      assert.equal((await blocks(body.trimEnd())).length, 3);
    });
  }

  it('keep the tags that a result is grouped by', async () => {
    const grouped = await blocks(bodyOf('v1.6.7', 'query_mean_two_fields_group_by_tag'));
    assert.ok(grouped.length > 3);
    assert.deepEqual(grouped[1]?.tags, { dev: 'd1' });
    assert.deepEqual(grouped[1]?.values[0], [1699999980000, 21.53375, 46]);
  });

  it('are none for a measurement that does not exist', async () => {
    assert.deepEqual(await blocks(bodyOf('v1.6.7', 'query_missing_measurement')), []);
    assert.deepEqual(await blocks(bodyOf('v2.8.0', 'v1_query_missing_measurement')), []);
  });

  const errors: ['v1.6.7' | 'v2.8.0', string, string, RegExp, boolean][] = [
    ['v1.6.7', 'query_chunked_runtime_error', 'INFLUX_DESTINATION_MISSING', /database not found: nodb/, false],
    ['v1.6.7', 'query_multi_statement_one_fails', 'INFLUX_QUERY_FAILED', /not executed/, false],
    ['v1.6.7', 'query_missing_db', 'INFLUX_DESTINATION_MISSING', /database not found: nope/, false],
    ['v1.6.7', 'query_bad_function', 'INFLUX_QUERY_FAILED', /undefined function foo/, false],
    ['v1.6.7', 'limit_query_1', 'INFLUX_NOT_READY', /max-concurrent-queries limit exceeded/, true],
    ['v1.6.7', 'limit_query_2', 'INFLUX_NOT_READY', /query-timeout limit exceeded/, true],
    ['v2.8.0', 'v1_query_missing_db', 'INFLUX_DESTINATION_MISSING', /database not found: nope/, false],
    ['v2.8.0', 'v1_query_with_wrong_rp', 'INFLUX_DESTINATION_MISSING', /retention policy not found: nope/, false],
  ];
  for (const [server, name, code, words, retryable] of errors) {
    it(`end with the error that hides in an answer of success: ${server} ${name}`, async () => {
      assert.equal(recordedExchanges(server).get(name)?.response?.status, 200);
      await assert.rejects(blocks(bodyOf(server, name)), failsWith(code, words, retryable));
    });
  }

  it('give the rows that came before a late error', async () => {
    const seen: InfluxqlBlock[] = [];
    await assert.rejects(async () => {
      const stream = influxqlBlocks(cutBytes(bodyOf('v1.6.7', 'query_chunked_runtime_error'), () => 50));
      for await (const block of stream) seen.push(block);
    });
    assert.deepEqual(seen[0]?.values, [
      [1700000000000, 20],
      [1700000001000, 20.1],
    ]);
  });

  it('are refused when the answer is not from InfluxDB', async () => {
    await assert.rejects(blocks('<html>hello</html>'), failsWith('INFLUX_ANSWER_INVALID', /<html>hello/));
    for (const text of [
      '7',
      '[]',
      '{"results":5}',
      '{"results":[null]}',
      '{"results":[{"series":[{}]}]}',
      '{"error":null}',
    ]) {
      await assert.rejects(blocks(text), failsWith('INFLUX_ANSWER_INVALID'), text);
    }
  });

  it('are missed when the answer is empty', async () => {
    await assert.rejects(blocks(''), failsWith('INFLUX_ANSWER_CUT', /./, true));
  });

  it('take time in proportion to their size, even in small pieces', { timeout: 30_000 }, async () => {
    const values = JSON.stringify(Array.from({ length: 500_000 }, (_, index) => [index, index / 8]));
    const text = `{"results":[{"series":[{"name":"m","columns":["time","f"],"values":${values}}]}]}\n`;
    // Some 60,000 pieces: a reader that joins all it has with each new one would copy 300 GB.
    const [block] = await blocks(text, () => 200);
    assert.equal(block?.values.length, 500_000);
  });
});
