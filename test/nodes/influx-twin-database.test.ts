import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import { InfluxDatabase } from '../support/influx-database';
import { ADMIN, OwnInfluxd } from '../support/own-influxd';
import { Runtime } from '../support/runtime';

/** Answers of the route behind the *Test connection* button, for the values as they stand in the form. */
async function tester(t: TestContext, stored: Record<string, string> = {}) {
  const runtime = await Runtime.start(
    t,
    ['influx-twin-database'],
    [{ id: 'd', type: 'influx-twin-database', database: 'any' }],
    { d: stored },
  );
  return (values: Record<string, unknown>, secrets: Record<string, string> = {}) =>
    runtime.post('/digital-twin/test/influx-twin-database', { id: 'd', values, secrets }) as Promise<{
      ok: boolean;
      text: string;
    }>;
}

test('the connection test says the version, the database and the rights', async (t) => {
  const { connection, name } = await InfluxDatabase.create(t);
  const test = await tester(t);
  const { url, org = '', token } = connection;
  for (const version of ['auto', connection.version]) {
    const answer = await test({ url, version, database: name, org }, token ? { token } : {});
    assert.match(answer.text, new RegExp(`^InfluxDB [\\d.]+, (database|bucket) "${name}": may read and write$`));
    assert.equal(answer.ok, true);
  }
});

test('the connection test takes the URL from the environment', async (t) => {
  const { connection, name } = await InfluxDatabase.create(t);
  process.env.TEST_DATABASE_URL = connection.url;
  const test = await tester(t);
  const secrets = connection.token ? { token: connection.token } : {};
  const { ok } = await test({ url: '${TEST_DATABASE_URL}', database: name, org: connection.org ?? '' }, secrets);
  assert.equal(ok, true);
});

test('the connection test says what is wrong', async (t) => {
  const { connection, name } = await InfluxDatabase.create(t);
  const { url, org = '', token } = connection;
  const test = await tester(t, token ? { token } : {});
  const cases: [Record<string, unknown>, RegExp][] = [
    [{ url, database: 'nowhere', org }, /nowhere.*create it, or correct its name/],
    [{ url: 'http://127.0.0.1:1', database: name }, /does not answer: .*ECONNREFUSED/],
    [{ url: 'localhost', database: name }, /option "url" must be/],
    [{ url, database: '' }, /option "database" must be filled in/],
    [
      { url, database: name, version: connection.version === '1' ? '2' : '1' },
      /the server is InfluxDB .*: choose version/,
    ],
  ];
  for (const [values, words] of cases) {
    const { ok, text } = await test(values);
    assert.equal(ok, false);
    assert.match(text, words);
    assert.ok(!/\n\s+at /.test(text), 'no stack');
  }
});

test('the connection test takes the stored password where none is typed, and never tells one', async (t) => {
  const server = await OwnInfluxd.start(t, { auth: true });
  const { name } = await InfluxDatabase.create(t, server.url, ADMIN);
  const test = await tester(t, { username: ADMIN.name, password: ADMIN.password });
  const values = { url: server.url, version: '1', database: name };
  assert.equal((await test(values, { username: ADMIN.name, password: '__PWRD__' })).ok, true);
  const wrong = await test(values, { username: ADMIN.name, password: 'typed-wrong' });
  assert.equal(wrong.ok, false);
  assert.match(wrong.text, /answered 401: .*check the user name and password/);
  assert.ok(!wrong.text.includes('typed-wrong'));
});
