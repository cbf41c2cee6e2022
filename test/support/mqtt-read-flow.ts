import type { TestContext } from 'node:test';
import { freshName } from './fresh-topic';
import { Runtime } from './runtime';
import { mqttUrl } from './servers';

export interface ReadFlow {
  readonly url?: string;
  readonly read?: Record<string, unknown>;
  readonly broker?: Record<string, unknown>;
  readonly credentials?: Record<string, string>;
  /**
   * Type of the node behind the first output: `recorder` (the default) ends each message, `helper` leaves that open.
   */
  readonly out?: 'recorder' | 'helper';
}

/**
 * Client ids are made of the broker's and the node's: both are the test's own, as the shared server has other tests.
 */
export interface StartedReadFlow {
  readonly runtime: Runtime;
  readonly topic: string;
  /** Id of the read node. */
  readonly id: string;
  readonly clientId: string;
  /** Loads the flow again after an `unload`, with other settings where they are given. */
  readonly again: (more?: ReadFlow) => Promise<void>;
}

const TYPES = ['mqtt-twin-broker', 'mqtt-twin-read', 'catch'];

/** A broker node `b`, a read node, and behind its outputs the nodes `out` and `bad`. */
export async function startReadFlow(t: TestContext, flow: ReadFlow = {}): Promise<StartedReadFlow> {
  const topic = freshName('read');
  const id = freshName('r');
  const nodes = ({ url = mqttUrl(), read, broker, out = 'recorder' }: ReadFlow) => {
    const { hostname: host, port } = new URL(url);
    return [
      { id: 'tab', type: 'tab' },
      { id: 'b', type: 'mqtt-twin-broker', host, port, clientId: 'twin-test', ...broker },
      {
        ...{ id, type: 'mqtt-twin-read', z: 'tab', broker: 'b', topics: topic, name: 'from broker', x: 1, y: 1 },
        ...{ rejectedOutput: true, outputs: 2, wires: [['out'], ['bad']] },
        ...read,
      },
      { id: 'out', type: out, z: 'tab', name: 'slow sink', x: 1, y: 1 },
      { id: 'bad', type: 'recorder', z: 'tab', x: 1, y: 1 },
    ];
  };
  const secrets = { b: flow.credentials ?? {} };
  const runtime = await Runtime.start(t, TYPES, nodes(flow), secrets);
  const again = (more: ReadFlow = {}): Promise<void> => runtime.load(TYPES, nodes({ ...flow, ...more }), secrets);
  return { runtime, topic, id, clientId: `twin-test-${id}`, again };
}

/** The numbers `n` of readings that have reached the node `out`, a recorder. */
export const numbersOf = (runtime: Runtime): number[] =>
  runtime.recorded('out').map(({ payload }) => (payload as { n: number }).n);
