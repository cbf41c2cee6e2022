import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { dialectOf, fluxRequest, type InfluxRequest } from '../../../lib/influx/influx-dialect';
import { recordedExchanges, type RecordedExchange } from '../../support/recorded-exchanges';

const version1 = recordedExchanges('v1.6.7');
const version2 = recordedExchanges('v2.8.0');
const connection1 = { url: 'http://h', version: '1', database: 'Sensor_Data', username: 'u', password: 'p:ä' } as const;
const connection2 = {
  url: 'http://h',
  version: '2',
  org: 'PICOCAMERA',
  bucket: 'Sensor_Data',
  token: 'TOKEN',
} as const;

const recordingOf = (recordings: ReadonlyMap<string, RecordedExchange>, name: string): RecordedExchange['request'] => {
  const exchange = recordings.get(name);
  assert.ok(exchange, name);
  return exchange.request;
};

/** Our request in the form of a recording. */
const asRecorded = ({ method, path, headers, body }: InfluxRequest) => ({
  method,
  path,
  headers,
  body,
  bytes: Buffer.byteLength(body),
});

describe('requests to InfluxDB 1.x', () => {
  it('write as the recorded ones that were accepted', () => {
    const recorded = recordingOf(version1, 'write_one_point_ns');
    const request = asRecorded(dialectOf(connection1, '1').write(recorded.body));
    const basic = `Basic ${Buffer.from('u:p:ä').toString('base64')}`;
    assert.equal(recorded.headers.Authorization, 'Basic BASE64(USER:PASSWORD)');
    assert.deepEqual(request, { ...recorded, headers: { ...recorded.headers, Authorization: basic } });
  });

  it('name the retention policy, and no credentials where there are none', () => {
    const dialect = dialectOf(
      { ...connection1, username: undefined, database: 'a b&c', retentionPolicy: 'one year' },
      '1',
    );
    const { path, headers } = dialect.write('');
    assert.equal(path, '/write?db=a%20b%26c&rp=one%20year&precision=ns');
    assert.deepEqual(headers, { 'Content-Type': 'text/plain; charset=utf-8' });
  });

  it('query by a form, as recorded', () => {
    const recorded = recordingOf(version1, 'query_post_form');
    const request = dialectOf(connection1, '1').influxql('SELECT count(temp) FROM bulk', {}, 500);
    assert.equal(request.path, `${recorded.path}&chunked=true&chunk_size=500`);
    assert.equal(request.headers['Content-Type'], recorded.headers['Content-Type']);
    assert.equal(request.body, recorded.body);
  });

  it('bind parameters beside the query, as recorded', () => {
    const recorded = new URLSearchParams(recordingOf(version1, 'query_bind_params').path.split('?')[1]);
    const { body } = dialectOf(connection1, '1').influxql(
      'SELECT temp FROM bulk WHERE dev = $d LIMIT 1',
      { d: 'd3' },
      500,
    );
    const sent = new URLSearchParams(body);
    assert.equal(sent.get('q'), recorded.get('q'));
    assert.equal(sent.get('params'), recorded.get('params'));
  });

  it('delete by a statement', () => {
    const range = { measurement: 'a"b', tags: { 'k"': "it's" }, startMs: 5, stopMs: 9 };
    const { body } = dialectOf(connection1, '1').deleteRange(range);
    const statement = `DELETE FROM "a\\"b" WHERE time >= 5ms AND time < 9ms AND "k\\"" = 'it\\'s'`;
    assert.equal(new URLSearchParams(body).get('q'), statement);
  });
});

describe('requests to InfluxDB 2.x', () => {
  it('write exactly as the recorded ones that were accepted', () => {
    for (const name of ['write_one_point_ms', 'write_escapes_utf8', 'write_empty_body', 'write_partial_bad_line']) {
      const recorded = recordingOf(version2, name);
      const path = recorded.path.replace('precision=ms', 'precision=ns');
      assert.deepEqual(asRecorded(dialectOf(connection2, '2').write(recorded.body)), { ...recorded, path });
    }
  });

  it('may name organisation and bucket by their ids', () => {
    const recorded = recordingOf(version2, 'write_org_by_id_bucket_by_id');
    const { org, bucket } = Object.fromEntries(new URLSearchParams(recorded.path.split('?')[1]));
    assert.ok(org && bucket);
    assert.equal(
      dialectOf({ ...connection2, org, bucket }, '2').write('').path,
      recorded.path.replace('precision=ms', 'precision=ns'),
    );
  });

  it('query InfluxQL by a form, as recorded', () => {
    const recorded = recordingOf(version2, 'v1_query_post_form');
    const request = dialectOf(connection2, '2').influxql('SELECT count(temp) FROM bulk', {}, 500);
    assert.equal(request.path, `${recorded.path}&chunked=true&chunk_size=500`);
    assert.deepEqual(request.headers, recorded.headers);
    assert.equal(request.body, recorded.body);
  });

  it('find a bucket by its own name, by database/policy, or by the database that is given', () => {
    const parameters = (change: object) =>
      Object.fromEntries(
        new URLSearchParams(
          dialectOf({ ...connection2, ...change }, '2')
            .influxql('', {}, 1)
            .path.split('?')[1],
        ),
      );
    assert.equal(parameters({}).db, 'Sensor_Data');
    assert.equal(parameters({}).rp, undefined);
    assert.deepEqual(
      ['db', 'rp'].map((key) => parameters({ bucket: 'mydb/myrp' })[key]),
      ['mydb', 'myrp'],
    );
    assert.equal(parameters({ influxqlDatabase: 'mapped' }).db, 'mapped');
  });

  it('delete exactly as recorded, save that the end is not included', () => {
    const recorded = recordingOf(version2, 'delete_ok');
    const startMs = Date.parse('2023-11-14T22:13:20Z');
    const range = { measurement: 'bulk', tags: { dev: 'd0' }, startMs, stopMs: startMs + 10_000 };
    const request = dialectOf(connection2, '2').deleteRange(range);
    assert.equal(request.path, recorded.path);
    assert.deepEqual(request.headers, recorded.headers);
    const [ours, theirs] = [request.body, recorded.body].map((body) => JSON.parse(body) as Record<string, string>);
    assert.equal(ours?.start, theirs?.start);
    assert.equal(theirs?.stop, '2023-11-14T22:13:30.000Z');
    assert.equal(ours?.stop, '2023-11-14T22:13:29.999999999Z');
    assert.equal(ours?.predicate, '"_measurement"="bulk" AND "dev"="d0"');
    assert.equal(theirs?.predicate, '_measurement="bulk" AND dev="d0"');
  });

  it('ask Flux exactly as recorded', () => {
    const recorded = recordingOf(version2, 'query_runtime_error_after_rows');
    assert.deepEqual(asRecorded(fluxRequest(connection2)(recorded.body)), recorded);
  });
});
