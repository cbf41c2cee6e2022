import type { TestContext } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { OwnInfluxd } from '../../support/own-influxd';
import { OwnKafka, type OwnKafkaOptions } from '../../support/own-kafka';
import { NO_LIMITS, OPEN_TO_ALL, OwnMosquitto, SAVE_EVERY_CHANGE } from '../../support/own-mosquitto';

/** One broker, or several that are a cluster. */
export interface AnyKafka {
  readonly brokers: readonly string[];
}

/** Real servers that belong to one file of cases, which may do to them what it likes. */
export interface FaultServers<K extends AnyKafka = AnyKafka> {
  readonly mosquitto: OwnMosquitto;
  readonly kafka: K;
  readonly influxd: OwnInfluxd;
}

export const startServers = (
  t: TestContext,
  { kafka, ...options }: ServerOptions & { readonly kafka?: OwnKafkaOptions } = {},
): Promise<FaultServers<OwnKafka>> => startServersWith(t, OwnKafka.start(t, kafka), options);

interface ServerOptions {
  readonly mosquitto?: { readonly lines: readonly string[]; readonly files: Readonly<Record<string, string>> };
  readonly influxAuth?: boolean;
}

/** @param kafka that is being started */
export async function startServersWith<K extends AnyKafka>(
  t: TestContext,
  kafka: Promise<K>,
  options: ServerOptions = {},
): Promise<FaultServers<K>> {
  const { lines, files } = options.mosquitto ?? { lines: [], files: {} };
  const started = [
    OwnMosquitto.start(t, [...OPEN_TO_ALL, ...lines, ...NO_LIMITS], undefined, files),
    kafka,
    OwnInfluxd.start(t, { auth: options.influxAuth ?? false }),
  ] as const;
  // When one cannot start, the test must not end before it knows of the others, which it has to stop.
  await Promise.allSettled(started);
  const [mosquitto, ready, influxd] = await Promise.all(started);
  return { mosquitto, kafka: ready, influxd };
}

/**
 * A Mosquitto to be killed: it saves its state with every change, so that a kill costs little of what it has
 * acknowledged (for the rest see `killMosquitto`). Not for other cases: with thousands of messages queued it writes
 * them all for each packet, takes some 60 packets a second then, and answers no ping in time.
 */
export const startMortalMosquitto = (t: TestContext): Promise<OwnMosquitto> =>
  OwnMosquitto.start(t, [...OPEN_TO_ALL, ...NO_LIMITS, ...SAVE_EVERY_CHANGE]);

/** Time for its subscribers to read what it has sent. */
const READ_OUT_MS = 300;

/**
 * kill -9 under load. Mosquitto acknowledges a message when it has handed it to its subscribers' sockets and before it
 * has saved it; killed between the two with those sockets unread, it would lose what it had acknowledged, whatever its
 * clients do. So it stands still first, with messages under way on all sides, until what it has sent is read.
 */
export async function killMosquitto(mosquitto: OwnMosquitto): Promise<void> {
  mosquitto.signal('SIGSTOP');
  await sleep(READ_OUT_MS);
  await mosquitto.kill();
}

/** Killed, away for so many seconds, and started again on the same port and data. */
export async function outage(
  server: { kill(): Promise<void>; restart(): Promise<void> },
  seconds: number,
  kill = (): Promise<void> => server.kill(),
): Promise<void> {
  await kill();
  await sleep(seconds * 1000);
  await server.restart();
}

/** Stands still for so many seconds, connections open, and goes on. */
export async function standstill(server: { signal(name: NodeJS.Signals): void }, seconds: number): Promise<void> {
  server.signal('SIGSTOP');
  await sleep(seconds * 1000);
  server.signal('SIGCONT');
}
