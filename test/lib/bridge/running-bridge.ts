import { randomUUID } from 'node:crypto';
import type { TestContext } from 'node:test';
import type { BridgedMessage, BridgeSide, RejectedMessage } from '../../../lib/bridge/bridge';
import type { KafkaToMqttBridge } from '../../../lib/bridge/kafka-to-mqtt-bridge';
import type { MqttToKafkaBridge } from '../../../lib/bridge/mqtt-to-kafka-bridge';
import type { ConnectionChange } from '../../../lib/delivery/connection-state';
import { until } from '../../support/until';

/** A bridge under test, with all that it has told. */
export interface RunningBridge {
  readonly bridge: MqttToKafkaBridge | KafkaToMqttBridge;
  readonly bridged: BridgedMessage[];
  readonly rejected: RejectedMessage[];
  readonly sides: Map<BridgeSide, ConnectionChange>;
  /** Resolves once so many messages are bridged. */
  readonly reach: (count: number) => Promise<void>;
  /** Resolves once a side is in this state. */
  readonly stands: (side: BridgeSide, state: ConnectionChange['state']) => Promise<ConnectionChange>;
}

/** Starts a bridge; it is closed when the test ends. */
export function run(t: TestContext, bridge: MqttToKafkaBridge | KafkaToMqttBridge): RunningBridge {
  const bridged: BridgedMessage[] = [];
  const rejected: RejectedMessage[] = [];
  const sides = new Map<BridgeSide, ConnectionChange>();
  const waiting = new Set<() => void>();
  const wake = () => waiting.forEach((look) => look());
  bridge.on('bridged', (message) => (bridged.push(message), wake()));
  bridge.on('rejected', (message) => (rejected.push(message), wake()));
  bridge.on('state', (side, change) => (sides.set(side, change), wake()));
  t.after(() => bridge.close(0));
  bridge.start();
  const when = (so: () => boolean): Promise<void> =>
    new Promise((resolve) => {
      const look = () => {
        if (!so()) return;
        waiting.delete(look);
        resolve();
      };
      waiting.add(look);
      look();
    });
  return {
    ...{ bridge, bridged, rejected, sides },
    reach: (count) => when(() => bridged.length >= count),
    stands: async (side, state) => {
      await when(() => sides.get(side)?.state === state);
      return sides.get(side)!;
    },
  };
}

/** Starts a bridge and resolves when both sides are connected. */
export async function connected(t: TestContext, bridge: MqttToKafkaBridge | KafkaToMqttBridge): Promise<RunningBridge> {
  const running = run(t, bridge);
  await Promise.all([running.stands('mqtt', 'connected'), running.stands('kafka', 'connected')]);
  return running;
}

/** Names that no other test uses. */
export function randomNames(): { mqttTopic: string; kafkaTopic: string; clientId: string; groupId: string } {
  const id = randomUUID();
  return { mqttTopic: `bridge/${id}`, kafkaTopic: `bridge.${id}`, clientId: `bridge-${id}`, groupId: `bridge-${id}` };
}

/** The payload without the stamp that a bridge added last, and the stamp. */
export function unstamped(payload: Buffer, key = 'Bridge_Timestamp'): { payload: string; stamp: number } {
  const [, before, stamp, end] = new RegExp(`^(.*), "${key}": (\\d{13})(\\s*\\})$`, 's').exec(payload.toString()) ?? [];
  if (before === undefined) throw new Error(`no stamp at the end of ${payload.toString()}`);
  return { payload: `${before}${end}`, stamp: Number(stamp) };
}

/** Readings as the old publisher writes them, numbered. */
export function numbered(from: number, to: number): string[] {
  return Array.from({ length: to - from }, (_, i) => `{"Ambient Temperature": 23.0, "Sequence": ${from + i}}`);
}

export const sequenceOf = (payload: Buffer): number =>
  (JSON.parse(payload.toString()) as { Sequence: number }).Sequence;

/** How many of the numbers 0 to `count` - 1 are not there. */
export function missing(count: number, payloads: readonly Buffer[]): number[] {
  const seen = new Set(payloads.map(sequenceOf));
  return Array.from({ length: count }, (_, i) => i).filter((i) => !seen.has(i));
}

/** Resolves once payloads with all the numbers 0 to `count` - 1 are among those that arrive. */
export async function reachesAll(payloads: readonly Buffer[], count: number): Promise<void> {
  const seen = new Set<number>();
  let looked = 0;
  await until(
    () => {
      for (; looked < payloads.length; looked++) seen.add(sequenceOf(payloads[looked]!));
      return seen.size === count;
    },
    60_000,
    `the arrival of ${count} different messages`,
  );
}
