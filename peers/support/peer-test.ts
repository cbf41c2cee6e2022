import { type TestContext, test } from 'node:test';
import { ownPipeline, type Pipeline } from '../../test/support/pipeline-servers';
import { PseudoTerminal } from '../../test/support/pseudo-terminal';
import { pythonEnvironment } from '../../test/support/python-environment';
import { kafkaBrokers, mqttUrl } from '../../test/support/servers';
import { StandIn } from './stand-in';

/** One pipeline of a test, and how to put a Python script into the place of a node. */
export interface Peers extends Pipeline {
  readonly t: TestContext;
  /** Host and port of the MQTT broker, and the list of Kafka brokers, as the scripts take them. */
  readonly mqtt: string;
  readonly brokers: string;
  /** URL and database, with organisation and token of a 2.x server. */
  readonly influx: readonly string[];
  readonly standIn: (script: string, ...args: readonly string[]) => Promise<StandIn>;
  readonly terminal: () => Promise<PseudoTerminal>;
}

/** A test with stand-ins; where there is no Python it says so and is skipped. */
export function peerTest(name: string, body: (peers: Peers) => Promise<void>): void {
  test(name, { timeout: 180_000 }, async (t) => {
    const environment = pythonEnvironment('peers', 'peers/requirements.txt');
    if ('missing' in environment) return t.skip(`no Python peers: ${environment.missing}`);
    const pipeline = await ownPipeline(t);
    const { url, org, token } = pipeline.database.connection;
    await body({
      ...pipeline,
      t,
      mqtt: new URL(mqttUrl()).host,
      brokers: kafkaBrokers().join(','),
      influx: [url, pipeline.database.name, ...(org && token ? [org, token] : [])],
      standIn: (script, ...args) => StandIn.start(t, environment.python, script, args),
      terminal: async () => {
        const terminal = await PseudoTerminal.open();
        t.after(() => terminal.close());
        return terminal;
      },
    });
  });
}
