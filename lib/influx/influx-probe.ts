import { messageOf, TwinError } from '../reading/twin-error';
import type { InfluxDialect } from './influx-dialect';
import { InfluxNoStream, type InfluxHttp } from './influx-http';
import type { InfluxConnectionOptions } from './influx-options';
import { InfluxServer } from './influx-server';
import { influxqlBlocks } from './influxql-blocks';
import { errorOfAnswer } from './query-error';
import { decide } from './write-decision';

/**
 * Finds out whether a database can be used as the options say: the server's version, then a write of nothing and a
 * read. `/ping` and `/health` alone would not do: they answer well with wrong credentials, and with a full disk.
 *
 * @returns one English sentence, such as `InfluxDB 1.6.7, database "Sensor_Data": may read and write`
 * @throws TwinError with the reason: INFLUX_OPTIONS, INFLUX_UNREACHABLE, INFLUX_TIMEOUT, INFLUX_WRONG_SERVER,
 *   INFLUX_CREDENTIALS_REFUSED, INFLUX_ACCESS_DENIED, INFLUX_DESTINATION_MISSING, …
 */
export async function probeInfluxdb(
  connection: InfluxConnectionOptions,
  timeoutMs: number,
): Promise<{ description: string }> {
  const server = new InfluxServer({ ...connection, timeoutMs });
  const { http } = server;
  const limit = AbortSignal.timeout(timeoutMs);
  try {
    const { version } = await server.version(limit);
    const dialect = await server.dialect(limit);
    const mayWrite = await allowed(() => writeNothing(http, dialect, limit));
    const mayRead = await allowed(() => readSomething(http, dialect, limit));
    if (!mayWrite && !mayRead) {
      const message = `InfluxDB ${version} knows the credentials, but they give no right on ${dialect.target}`;
      throw new TwinError('INFLUX_ACCESS_DENIED', message);
    }
    const rights = mayWrite && mayRead ? 'read and write' : mayRead ? 'read, not write' : 'write, not read';
    return { description: `InfluxDB ${version}, ${dialect.target}: may ${rights}` };
  } catch (thrown) {
    if (thrown instanceof TwinError) throw thrown;
    if (!limit.aborted) throw new TwinError('INFLUX_UNREACHABLE', messageOf(thrown), { cause: thrown });
    throw new TwinError('INFLUX_TIMEOUT', `InfluxDB does not answer within ${timeoutMs} ms`, { retryable: true });
  } finally {
    http.close();
  }
}

/** False when the server knows who asks but does not grant it. */
async function allowed(check: () => Promise<void>): Promise<boolean> {
  try {
    await check();
    return true;
  } catch (thrown) {
    if (thrown instanceof TwinError && thrown.code === 'INFLUX_ACCESS_DENIED') return false;
    throw thrown;
  }
}

/** An empty write stores nothing, yet checks the credentials, the database and the right to write. */
async function writeNothing(http: InfluxHttp, dialect: InfluxDialect, signal: AbortSignal): Promise<void> {
  const decision = decide(await http.exchange(dialect.write(''), signal), dialect.version);
  if ('error' in decision) throw decision.error;
}

async function readSomething(http: InfluxHttp, dialect: InfluxDialect, signal: AbortSignal): Promise<void> {
  try {
    const stream = http.stream(dialect.influxql('SHOW MEASUREMENTS LIMIT 1', {}, 1), signal);
    for await (const block of influxqlBlocks(stream)) void block;
  } catch (thrown) {
    throw thrown instanceof InfluxNoStream ? errorOfAnswer(thrown.answer, dialect.version) : thrown;
  }
}
