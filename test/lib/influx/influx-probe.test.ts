import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { InfluxConnectionOptions } from '../../../lib/influx/influx-options';
import { probeInfluxdb } from '../../../lib/influx/influx-probe';
import { TwinError } from '../../../lib/reading/twin-error';
import { InfluxDatabase } from '../../support/influx-database';
import { freePort } from '../../support/own-mosquitto';
import { ADMIN, OwnInfluxd } from '../../support/own-influxd';
import { mqttUrl } from '../../support/servers';

const failsWith =
  (code: string, words = /./) =>
  (error: unknown) =>
    error instanceof TwinError && error.code === code && words.test(error.message);

describe('connection test', () => {
  it('says version, database and rights, and stores nothing', async (t) => {
    const database = await InfluxDatabase.create(t);
    const { description } = await probeInfluxdb(database.connection, 5_000);
    assert.match(
      description,
      new RegExp(`^InfluxDB \\d+\\.\\d+\\.\\d+, (database|bucket) "${database.name}": may read and write$`),
    );
    assert.deepEqual(await database.query('SHOW MEASUREMENTS'), []);
  });

  it('finds out the version itself when told', async (t) => {
    const { name, connection } = await InfluxDatabase.create(t);
    const { description } = await probeInfluxdb({ ...connection, version: 'auto', database: name }, 5_000);
    assert.match(description, /may read and write$/);
  });

  it('fails for a database that is not there', async (t) => {
    const { connection } = await InfluxDatabase.create(t);
    const wrong = { ...connection, database: 'nowhere', bucket: 'nowhere' };
    await assert.rejects(probeInfluxdb(wrong, 5_000), failsWith('INFLUX_DESTINATION_MISSING', /nowhere/));
  });

  it('fails for the wrong version, and names the right one', async (t) => {
    const { connection } = await InfluxDatabase.create(t);
    const [version, right] =
      connection.version === '1' ? (['2', /choose version 1\.x/] as const) : (['1', /choose version 2\.x/] as const);
    const wrong: InfluxConnectionOptions = { ...connection, version, database: 'd', bucket: 'd', org: 'o' };
    await assert.rejects(probeInfluxdb(wrong, 5_000), failsWith('INFLUX_WRONG_SERVER', right));
  });

  it('fails where nothing listens, and where something else does', async () => {
    const options = { version: '1', database: 'd' } as const;
    const deaf = { ...options, url: `http://127.0.0.1:${await freePort()}` };
    await assert.rejects(probeInfluxdb(deaf, 5_000), failsWith('INFLUX_UNREACHABLE', /ECONNREFUSED/));
    const broker = { ...options, url: mqttUrl().replace('mqtt:', 'http:') };
    await assert.rejects(probeInfluxdb(broker, 5_000), failsWith('INFLUX_UNREACHABLE'));
  });

  it('fails in time where a server takes the connection but does not answer', async (t) => {
    const server = await OwnInfluxd.start(t);
    server.signal('SIGSTOP');
    const before = performance.now();
    const hanging = { url: server.url, version: '1', database: 'd' } as const;
    await assert.rejects(probeInfluxdb(hanging, 300), failsWith('INFLUX_TIMEOUT', /300 ms/));
    assert.ok(performance.now() - before < 2_000);
  });

  it('tells wrong credentials, missing rights and partial rights apart', async (t) => {
    const server = await OwnInfluxd.start(t, { auth: true });
    const database = await InfluxDatabase.create(t, server.url, ADMIN);
    await database.query(`CREATE USER board WITH PASSWORD 'right'`);
    const anonymous = { url: server.url, version: '1', database: database.name } as const;
    await assert.rejects(
      probeInfluxdb(anonymous, 5_000),
      failsWith('INFLUX_CREDENTIALS_REFUSED', /user name and password/),
    );
    const board = { ...anonymous, username: 'board' };
    const wrong = probeInfluxdb({ ...board, password: 'wrong' }, 5_000);
    await assert.rejects(
      wrong,
      (error) => failsWith('INFLUX_CREDENTIALS_REFUSED')(error) && !/wrong/.test(String(error)),
    );
    const right = { ...board, password: 'right' };
    await assert.rejects(probeInfluxdb(right, 5_000), failsWith('INFLUX_ACCESS_DENIED'));
    await database.query(`GRANT READ ON "${database.name}" TO board`);
    assert.match((await probeInfluxdb(right, 5_000)).description, /may read, not write$/);
    await database.query(`REVOKE READ ON "${database.name}" FROM board`);
    await database.query(`GRANT WRITE ON "${database.name}" TO board`);
    assert.match((await probeInfluxdb(right, 5_000)).description, /may write, not read$/);
  });

  for (const [change, words] of [
    [{ url: 'localhost:8086' }, /http:\/\//],
    [{ url: 'not a url' }, /cannot be read/],
    [{ url: 'http://u:secret@h:8086' }, /credentials/],
    [{ url: 'http://h:8086/api/v2' }, /api\/v2/],
    [{ database: '' }, /name of the database/],
    [{ version: '2' }, /name of the bucket/],
  ] as const) {
    it(`refuses options that cannot work: ${JSON.stringify(change)}`, async () => {
      const options: InfluxConnectionOptions = { url: 'http://127.0.0.1:1', version: '1', database: 'd', ...change };
      await assert.rejects(
        probeInfluxdb(options, 1_000),
        (error) => failsWith('INFLUX_OPTIONS', words)(error) && !String(error).includes('secret'),
      );
    });
  }
});
