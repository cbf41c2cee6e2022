import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { decide, type WriteDecision } from '../../../lib/influx/write-decision';
import { answerOf, recordedExchanges, type RecordedExchange } from '../../support/recorded-exchanges';

type Kind = WriteDecision['kind'];
type Table = Readonly<Record<Exclude<Kind, 'accept'>, string>>;

/** What is to be done about each answer that is no 204, by the names of the recordings. */
const VERSION_1: Table = {
  retry: `killed_sigkill_while_writing_1_ECONNRESET killed_sigkill_while_writing_2_ECONNREFUSED limit_write_3
    limit_write_4 server_cache_full_2 server_disk_full_2 server_down_write server_hangs_write shutdown_sigterm_half_body
    shutdown_sigterm_while_writing_1_500 shutdown_sigterm_while_writing_2_ECONNRESET
    shutdown_sigterm_while_writing_3_ECONNRESET shutdown_sigterm_while_writing_4_ECONNREFUSED write_gzip_header_on_plain`,
  credentials: `write_bearer_header write_no_credentials write_readonly_user_403 write_token_header write_unknown_user
    write_wrong_password`,
  destination: `api_v2_write_absent write_get_method write_missing_db write_missing_rp write_no_db_param`,
  reject: `write_all_bad write_dup_tag write_empty_tag_value write_inf write_int_overflow write_nan
    write_ns_timestamp_as_ms write_partial_1000_bad_lines write_partial_100_bad_of_1000 write_partial_3_bad_lines
    write_partial_bad_line write_time_too_large write_uint`,
  bisect: `write_long_tag_value write_mixed_syntax_and_type write_outside_retention write_tag_named_time
    write_too_large_gzip write_type_conflict_in_new_measurement write_type_conflict_partial write_type_conflict_single`,
  shrink: `write_too_large write_too_large_413_seen write_too_large_chunked write_too_large_expect_100_continue`,
};
const VERSION_2: Table = {
  retry: `killed_sigkill_while_writing_1_ECONNRESET killed_sigkill_while_writing_2_ECONNREFUSED server_cache_full_2
    server_disk_full_2 server_disk_full_3 server_down_write server_hangs_write shutdown_sigterm_half_body
    shutdown_sigterm_while_writing_1_ECONNRESET shutdown_sigterm_while_writing_2_ECONNREFUSED write_gzip_header_on_plain
    write_gzip_truncated`,
  credentials: `v1_write_no_auth write_basic_user_token write_no_token write_readonly_token write_wrong_token`,
  destination: `v1_write_missing_db write_bad_precision write_get_method write_missing_bucket write_missing_org
    write_no_bucket_param write_no_org_param write_precision_n_v1_style write_precision_u_v1_style`,
  reject: `v1_write_partial_bad_line write_5000_bad_lines write_all_bad write_crlf write_dup_tag write_empty_tag_value
    write_int_overflow write_long_tag_value write_mixed_syntax_and_type write_nan write_ns_timestamp_as_ms write_partial_100_bad_of_1000
    write_partial_3_bad_lines write_partial_bad_line write_tag_named_field write_tag_named_measurement
    write_tag_named_time write_time_float write_time_too_large`,
  bisect: `v1_write_type_conflict write_only_field_named_time write_outside_retention
    write_outside_retention_all write_retention_and_type_conflict write_string_over_1m
    write_type_conflict_in_new_measurement write_type_conflict_partial write_type_conflict_single
    write_type_conflict_two_measurements`,
  shrink: '',
};

const isWrite = ({ request }: RecordedExchange): boolean => /^\/(api\/v2\/)?write\?/.test(request.path);

for (const [server, version, table] of [
  ['v1.6.7', '1', VERSION_1],
  ['v2.8.0', '2', VERSION_2],
] as const) {
  const exchanges = [...recordedExchanges(server).values()].filter(isWrite);
  const expected = new Map(
    Object.entries(table).flatMap(([kind, names]) => names.split(/\s+/).map((name) => [name, kind as Kind] as const)),
  );

  describe(`decision about the answers recorded from InfluxDB ${server}`, () => {
    for (const exchange of exchanges) {
      const kind = expected.get(exchange.name) ?? 'accept';
      it(`${exchange.name}: ${kind}`, () => {
        const decision = decide(answerOf(exchange), version);
        assert.equal(decision.kind, kind);
        if (kind === 'accept') assert.equal(exchange.response?.status, 204);
        if ('error' in decision) {
          assert.equal(decision.error.retryable, true, 'its lines are kept and sent again');
          assert.match(decision.error.message, /^InfluxDB (answered \d{3}: \S|does not answer: \S)/);
        }
      });
    }

    it('has an expectation for every answer that is no success, and none for an answer that is not there', () => {
      const refused = exchanges.filter(({ response }) => response?.status !== 204).map(({ name }) => name);
      assert.deepEqual([...expected.keys()].filter(Boolean).sort(), refused.sort());
    });

    it('names exactly the lines that were quoted, each with its reason', () => {
      const exchange = recordedExchanges(server).get('write_partial_3_bad_lines');
      assert.ok(exchange);
      const decision = decide(answerOf(exchange), version);
      assert.equal(decision.kind, 'reject');
      assert.ok(decision.kind === 'reject');
      assert.deepEqual(
        [...decision.lines],
        [
          ['bad1', 'unable to parse: missing fields'],
          ['bad2 v=', 'unable to parse: missing field value'],
          ['part3 v="unclosed 1700000000005\npart3 v=3 1700000000002', 'unable to parse: unbalanced quotes'],
        ],
      );
    });

    it('reads how many lines of a type conflict were dropped', () => {
      const exchange = recordedExchanges(server).get('write_type_conflict_partial');
      assert.ok(exchange);
      const decision = decide(answerOf(exchange), version);
      assert.ok(decision.kind === 'bisect');
      assert.equal(decision.dropped, 3);
      assert.match(
        decision.reason,
        /input field "v" on measurement "conf" is type integer, already exists as type float/,
      );
    });
  });
}

describe('decision about answers that are not from InfluxDB', () => {
  const html = (status: number): WriteDecision =>
    decide({ status, headers: { 'content-type': 'text/html' }, body: '<h1>Bad</h1>', requestBytes: 100 }, '2');

  it('never gives up a line for a page of a proxy', () => {
    for (const status of [400, 402, 409, 418, 422, 429, 500, 501, 502, 503, 504, 599])
      assert.equal(html(status).kind, 'retry');
  });

  it('does not take a login page for a receipt', () => {
    assert.equal(html(200).kind, 'retry');
    assert.equal(html(302).kind, 'destination');
  });

  it('takes a 200 of a server that says it is InfluxDB for a receipt', () => {
    const headers = { 'x-influxdb-version': '3.0.1' };
    assert.equal(decide({ status: 200, headers, body: '', requestBytes: 1 }, '2').kind, 'accept');
  });
});

describe('Retry-After', () => {
  const asked = (value: string): unknown => {
    const decision = decide(
      { status: 503, headers: { 'retry-after': value }, body: '', requestBytes: 1 },
      '2',
      1_700_000_000_000,
    );
    assert.ok(decision.kind === 'retry');
    return decision.error.facts.retryAfterMs;
  };

  it('is read in seconds and as a date', () => {
    assert.equal(asked('7'), 7_000);
    assert.equal(asked('Tue, 14 Nov 2023 22:13:30 GMT'), 10_000);
  });

  it('is nothing when it is past or unreadable', () => {
    assert.equal(asked('Tue, 14 Nov 2023 22:13:10 GMT'), undefined);
    assert.equal(asked('soon'), undefined);
  });
});
