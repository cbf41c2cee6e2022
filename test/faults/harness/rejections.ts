import type { TestContext } from 'node:test';
import { foreignSubscriber } from '../../support/mosquitto-sub';
import type { NodeRedProcess } from '../../support/node-red-process';
import { identityKey } from './arrivals';
import type { FlowNode } from './fault-flow';

/** What left a node by its `rejected` output, as a foreign subscriber heard of it. */
export interface Rejection {
  readonly node: string;
  readonly code: string;
  readonly reason: string;
  /** The payload as text, cut in its middle when it is long. */
  readonly text: string;
}

const script = `
const payload = Buffer.isBuffer(msg.payload) ? msg.payload.toString() : JSON.stringify(msg.payload);
const text = payload.length > 2000 ? payload.slice(0, 1000) + '…' + payload.slice(-1000) : payload;
const { code, message: reason, source } = msg.error;
return { payload: JSON.stringify({ node: source.id, code, reason, text }) };
`;

/** Core nodes that publish each rejection to MQTT; wire `rejected` outputs to `rejections`. */
export const rejectionsTo = (topic: string, port: number): FlowNode[] => [
  { id: 'rejections', type: 'function', func: script, outputs: 1, libs: [], wires: [['rejections-out']] },
  { id: 'rejections-out', type: 'mqtt out', topic, qos: '1', retain: 'false', broker: 'core-broker', wires: [] },
  {
    ...{ id: 'core-broker', type: 'mqtt-broker', broker: '127.0.0.1', port: `${port}`, clientid: '' },
    ...{ autoConnect: true, usetls: false, protocolVersion: '4', keepalive: '60', cleansession: true },
  },
];

/** Subscribes before the flow runs; answers what has come so far. */
export async function rejectionsHeard(t: TestContext, url: string, topic: string): Promise<() => Rejection[]> {
  const far = await foreignSubscriber(t, url, topic, ['-c', '-i', topic]);
  return () => far.payloads.map((payload) => JSON.parse(payload.toString()) as Rejection);
}

/** A core node that tells each rejected reading in the log, for cases without a broker; wire to `rejected-<id>`. */
export const rejectionLog = (id: string): FlowNode[] => [
  {
    ...{ id: `rejected-${id}`, name: `rejected-${id}`, type: 'function', outputs: 0, libs: [], wires: [] },
    func: 'const { Source, Sequence } = msg.payload; node.warn(JSON.stringify({ Source, Sequence }));',
  },
];

/** The readings that a node has rejected, by their identity, in their order. */
export const loggedRejections = (red: NodeRedProcess, id: string): string[] =>
  red
    .log()
    .split('\n')
    .flatMap((line) => line.split(`[function:rejected-${id}] `)[1] ?? [])
    .map((text) => JSON.parse(text) as { Source: string; Sequence: number })
    .map(({ Source, Sequence }) => identityKey(Source, Sequence));
