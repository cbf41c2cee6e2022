import assert from 'node:assert/strict';
import { it } from 'node:test';
import { influxqlString, quoteIdentifier } from '../../../lib/influx/influxql-text';
import { InfluxDatabase } from '../../support/influx-database';

it('a text for a query is escaped where InfluxQL can escape, and refused where it cannot', () => {
  assert.equal(quoteIdentifier('a"b\\c\n'), '"a\\"b\\\\c\\n"');
  assert.equal(influxqlString("a'b"), "'a\\'b'");
  for (const text of ['a\0', 'a\rb']) {
    for (const write of [quoteIdentifier, influxqlString]) {
      assert.throws(() => write(text), { code: 'INFLUX_NAME_INVALID' });
    }
  }
});

it('a carriage return within quotes is an error of the server, whoever wrote it', async (t) => {
  const database = await InfluxDatabase.create(t);
  await assert.rejects(database.query('SELECT * FROM "a\rb"'));
});
