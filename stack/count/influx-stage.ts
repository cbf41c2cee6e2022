import { AMBIENT_TEMPERATURE } from '../../lib/reading/keys';
import { queryInflux, type InfluxAddress } from '../health/influx-health';
import { influxAddress } from '../servers/influxdb';
import type { ReadingIdentity } from './reading-identity';
import type { Stage } from './stage';

const MEASUREMENT = 'Temperature';

/** What a query of the database finds: points of the tag `Source`, by the time at which the reading went to MQTT. */
export class InfluxStage implements Stage {
  readonly name = 'InfluxDB';
  readonly pending = 0;
  readonly #address: InfluxAddress;
  #sinceMs = Date.now();
  #seen = 0;
  #duplicates = 0;
  /** Points that readings should have made, while few enough to hold one against one. */
  #expected: Set<string> | undefined = new Set();

  constructor(env: NodeJS.ProcessEnv) {
    this.#address = influxAddress(env);
  }

  get seen(): number {
    return this.#seen;
  }

  get duplicates(): number {
    return this.#duplicates;
  }

  begin(): void {
    this.#sinceMs = Date.now();
    this.#seen = 0;
    this.#duplicates = 0;
    this.#expected = new Set();
  }

  /** Told of each reading that MQTT carried. */
  expect({ source, timeMs }: ReadingIdentity): void {
    if (this.#expected && this.#expected.size < 5_000) this.#expected.add(`${timeMs} ${source}`);
    else this.#expected = undefined;
  }

  async refresh(): Promise<void> {
    if (this.#expected) await this.#compare(this.#expected);
    else await this.#countAll();
  }

  close(): Promise<void> {
    return Promise.resolve();
  }

  /** Point by point: one that no reading made (the same reading under another time) counts as a duplicate. */
  async #compare(expected: ReadonlySet<string>): Promise<void> {
    const series = await this.#query(`SELECT "${AMBIENT_TEMPERATURE}"`);
    const points = series.flatMap(({ values, tags }) => values.map(([time]) => `${String(time)} ${tags?.['Source']}`));
    this.#seen = points.filter((point) => expected.has(point)).length;
    this.#duplicates = points.length - this.#seen;
  }

  async #countAll(): Promise<void> {
    const series = await this.#query(`SELECT count("${AMBIENT_TEMPERATURE}")`);
    this.#seen = series.reduce((sum, { values }) => sum + Number(values[0]?.[1] ?? 0), 0);
  }

  #query(select: string): ReturnType<typeof queryInflux> {
    const where = `time >= ${this.#sinceMs}ms AND "Source" != ''`;
    return queryInflux(this.#address, `${select} FROM "${MEASUREMENT}" WHERE ${where} GROUP BY "Source"`);
  }
}
