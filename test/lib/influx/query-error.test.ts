import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { errorOfAnswer } from '../../../lib/influx/query-error';
import { answerOf, recordedExchanges } from '../../support/recorded-exchanges';

/** Answers to queries and deletions, by the names of the recordings. */
const QUERY_ERRORS: Readonly<Record<'v1.6.7' | 'v2.8.0', Readonly<Record<string, string>>>> = {
  'v1.6.7': {
    INFLUX_QUERY_FAILED: 'query_bad_syntax query_chunked_error query_missing_q',
    INFLUX_CREDENTIALS_REFUSED: 'query_no_credentials query_wrong_password',
    INFLUX_ACCESS_DENIED: 'query_reader_forbidden',
  },
  'v2.8.0': {
    INFLUX_QUERY_FAILED: `query_syntax_error query_undefined_function query_type_error query_no_range
      query_start_after_stop query_runtime_error_before_rows query_string_mean_error v1_query_bad_syntax
      delete_bad_predicate delete_by_field delete_no_start delete_bad_time delete_or`,
    INFLUX_CREDENTIALS_REFUSED: 'query_wrong_token query_no_token v1_query_wrong_token v1_query_no_auth',
    INFLUX_DESTINATION_MISSING: `query_missing_bucket query_missing_org query_no_org query_writeonly_token
      delete_missing_bucket`,
    INFLUX_NOT_READY: 'limit_query_queue_2 limit_query_memory_3 query_analyze',
  },
};

for (const server of ['v1.6.7', 'v2.8.0'] as const) {
  describe(`error of a query, by the answers recorded from InfluxDB ${server}`, () => {
    for (const [code, names] of Object.entries(QUERY_ERRORS[server])) {
      for (const name of names.split(/\s+/)) {
        it(`${name}: ${code}`, () => {
          const exchange = recordedExchanges(server).get(name);
          assert.ok(exchange, name);
          const error = errorOfAnswer(answerOf(exchange), server === 'v1.6.7' ? '1' : '2');
          assert.equal(error.code, code);
          assert.equal(error.retryable, code === 'INFLUX_NOT_READY');
        });
      }
    }
  });
}
