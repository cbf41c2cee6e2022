import type { TestContext } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { freshName, freshTopic } from '../../support/fresh-topic';
import { InfluxDatabase } from '../../support/influx-database';
import { untilGreen } from '../../support/log-probes';
import { NodeRedProcess, type NodeRedOptions } from '../../support/node-red-process';
import { pointsIn } from './far-ends';
import { type FlowAddresses, type FlowNames, type FlowNode, configNodes, onTab } from './fault-flow';
import { form } from './fault-form';
import type { FaultServers } from './fault-servers';
import type { Load } from './load';

/** When nothing more has arrived for this long, nothing more will: far beyond every wait between two attempts. */
const QUIET_MS = 45_000;
/** For a second arrival of the same reading to show. */
const AFTERMATH_MS = 1_500;

interface QuietOptions {
  /** How much has arrived at each far end; the points of the case's database unless told otherwise. */
  readonly ends?: readonly (() => Promise<number>)[];
  /** How many are to come; as many as were sent unless told otherwise. */
  readonly expected?: () => number;
  readonly quietMs?: number;
}

/** One fault, with topics, a database and a Node-RED that no other case has. */
export class FaultCase {
  #red: NodeRedProcess | undefined;

  private constructor(
    readonly t: TestContext,
    readonly servers: FaultServers,
    readonly names: FlowNames,
    readonly database: InfluxDatabase,
  ) {}

  static async prepare(
    t: TestContext,
    servers: FaultServers,
    user?: { name: string; password: string },
  ): Promise<FaultCase> {
    const database = await InfluxDatabase.create(t, servers.influxd.url, user);
    const names = { mqttTopic: `faults/${freshName()}`, kafkaTopic: await freshTopic(servers.kafka.brokers) };
    return new FaultCase(t, servers, names, database);
  }

  /** A flow with the config nodes in front, as it is deployed. */
  flows(nodes: readonly FlowNode[], elsewhere: Partial<FlowAddresses> = {}): FlowNode[] {
    const { mosquitto, kafka, influxd } = this.servers;
    const here = { mqttPort: mosquitto.port, brokers: kafka.brokers.join(','), influxUrl: influxd.url };
    const configs = configNodes({ ...here, database: this.database.name, ...elsewhere });
    return [...configs, ...onTab(nodes)];
  }

  /** Starts Node-RED, and resolves when the nodes that take what cannot come again are connected. */
  async run(
    flows: readonly FlowNode[],
    green: readonly string[] = ['bridge'],
    more: Omit<NodeRedOptions, 'flows'> = {},
  ): Promise<NodeRedProcess> {
    const red = await NodeRedProcess.start({ flows, ...more });
    this.#red = red;
    this.t.after(() => red.stop());
    await untilGreen(red, green);
    return red;
  }

  get ends(): readonly (() => Promise<number>)[] {
    return [() => pointsIn(this.database)];
  }

  /** Lets readings flow before, during and after the fault, and waits until all have arrived or nothing moves. */
  async under(load: Load, fault: () => Promise<void>, quiet: QuietOptions = {}): Promise<void> {
    this.t.after(() => load.abandon());
    load.start();
    const begunMs = performance.now();
    await load.lasting(form.leadS);
    await fault();
    await load.lasting(Math.max(form.loadS, (performance.now() - begunMs) / 1000 + form.leadS));
    await load.stop();
    await this.quiet(load.sent.size, quiet);
    if (this.#red?.running) return;
    // The rows will show what that cost; the last words show why.
    this.t.diagnostic(`Node-RED died: ${this.#red?.log().slice(-3_000)}`);
  }

  /** Resolves once every far end has so many, or none has got anything for long. */
  async quiet(
    sent: number,
    { ends = this.ends, expected = () => sent, quietMs = QUIET_MS }: QuietOptions = {},
  ): Promise<void> {
    const begunMs = performance.now();
    let before = '';
    let movedMs = begunMs;
    for (;;) {
      const points = await Promise.all(ends.map((end) => end()));
      // In this order: what is expected may still grow while the others are counted.
      if (points.every((count) => count >= expected())) break;
      if (points.join() !== before) movedMs = performance.now();
      else if (performance.now() - movedMs > quietMs) break;
      before = points.join();
      await sleep(250);
    }
    this.t.diagnostic(`quiet after ${((performance.now() - begunMs) / 1000).toFixed(1)} s`);
    await sleep(AFTERMATH_MS);
  }
}
