import { randomUUID } from 'node:crypto';
import type { TestContext } from 'node:test';
import type { InfluxConnectionOptions } from '../../lib/influx/influx-options';
import { influxUrl } from './servers';

type Row = Record<string, string | number | boolean | null>;

/**
 * A database of one test, made, filled, read and dropped by plain HTTP, so that nothing of ours checks itself. On the
 * server of INFLUX_URL: 1.x, or 2.x with INFLUX_TOKEN and INFLUX_ORG.
 */
export class InfluxDatabase {
  readonly name: string;
  readonly connection: InfluxConnectionOptions;
  readonly #authorization: Record<string, string>;

  private constructor(name: string, connection: InfluxConnectionOptions, authorization: Record<string, string>) {
    this.name = name;
    this.connection = connection;
    this.#authorization = authorization;
  }

  static async create(
    t: TestContext,
    url = influxUrl(),
    user?: { name: string; password: string },
  ): Promise<InfluxDatabase> {
    const name = `test_${randomUUID().slice(0, 13)}`;
    const { headers } = await fetch(`${url}/ping`);
    if (headers.get('x-influxdb-version')?.startsWith('1.')) return InfluxDatabase.#create1(t, url, name, user);
    return InfluxDatabase.#create2(t, url, name);
  }

  static async #create1(
    t: TestContext,
    url: string,
    name: string,
    user?: { name: string; password: string },
  ): Promise<InfluxDatabase> {
    const credentials = user ? { username: user.name, password: user.password } : {};
    const token = user && Buffer.from(`${user.name}:${user.password}`).toString('base64');
    const database = new InfluxDatabase(
      name,
      { url, version: '1', database: name, ...credentials },
      token ? { Authorization: `Basic ${token}` } : {},
    );
    await database.query(`CREATE DATABASE "${name}"`);
    // The server may be gone by then, with all that it held.
    t.after(() => database.query(`DROP DATABASE "${name}"`).catch(() => undefined));
    return database;
  }

  static async #create2(t: TestContext, url: string, name: string): Promise<InfluxDatabase> {
    const { INFLUX_TOKEN: token = '', INFLUX_ORG: org = '' } = process.env;
    const headers = { Authorization: `Token ${token}`, 'Content-Type': 'application/json' };
    const orgs = await fetch(`${url}/api/v2/orgs?org=${encodeURIComponent(org)}`, { headers });
    const [found] = ((await orgs.json()) as { orgs?: { id: string }[] }).orgs ?? [];
    if (!found) throw new Error(`INFLUX_ORG "${org}" is not found with INFLUX_TOKEN`);
    const body = JSON.stringify({ orgID: found.id, name, retentionRules: [] });
    const made = await fetch(`${url}/api/v2/buckets`, { method: 'POST', headers, body });
    const { id } = (await made.json()) as { id: string };
    t.after(() => fetch(`${url}/api/v2/buckets/${id}`, { method: 'DELETE', headers }));
    return new InfluxDatabase(name, { url, version: '2', org, bucket: name, token }, headers);
  }

  /** Rows of all series of an InfluxQL query, with their tags; times are epoch milliseconds. */
  async query(text: string): Promise<Row[]> {
    const response = await fetch(`${this.connection.url}/query?epoch=ms&db=${this.name}`, {
      method: 'POST',
      headers: { ...this.#authorization, 'Content-Type': 'application/x-www-form-urlencoded' },
      body: new URLSearchParams({ q: text }),
    });
    interface Answer {
      error?: string;
      results?: { error?: string; series?: { tags?: Row; columns: string[]; values: Row[string][][] }[] }[];
    }
    const { error, results = [] } = (await response.json()) as Answer;
    const failed = error ?? results.find((result) => result.error)?.error;
    if (failed) throw new Error(failed);
    return results
      .flatMap(({ series = [] }) => series)
      .flatMap(({ tags, columns, values }) =>
        values.map((row) => ({
          ...tags,
          ...Object.fromEntries(columns.map((column, at) => [column, row[at] ?? null])),
        })),
      );
  }

  /** Writes line protocol with times in milliseconds; answers the status and the body. */
  async write(lines: string, precision: 'ms' | 'ns' = 'ms'): Promise<{ status: number; body: string }> {
    const { url, version, org = '' } = this.connection;
    const path = version === '1' ? `/write?db=${this.name}` : `/api/v2/write?org=${org}&bucket=${this.name}`;
    const headers = { ...this.#authorization, 'Content-Type': 'text/plain' };
    const response = await fetch(`${url}${path}&precision=${precision}`, { method: 'POST', headers, body: lines });
    return { status: response.status, body: await response.text() };
  }
}
