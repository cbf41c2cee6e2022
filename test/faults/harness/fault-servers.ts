import type { TestContext } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { OwnInfluxd } from '../../support/own-influxd';
import { OwnKafka, type OwnKafkaOptions } from '../../support/own-kafka';
import { NO_LIMITS, OPEN_TO_ALL, OwnMosquitto, SAVE_EVERY_CHANGE } from '../../support/own-mosquitto';

/** Real servers that belong to one file of cases, which may do to them what it likes. */
export interface FaultServers {
  readonly mosquitto: OwnMosquitto;
  readonly kafka: OwnKafka;
  readonly influxd: OwnInfluxd;
}

export async function startServers(
  t: TestContext,
  options: {
    mosquitto?: { lines: readonly string[]; files: Readonly<Record<string, string>> };
    kafka?: OwnKafkaOptions;
    influxAuth?: boolean;
  } = {},
): Promise<FaultServers> {
  const { lines, files } = options.mosquitto ?? { lines: [], files: {} };
  const started = [
    OwnMosquitto.start(t, [...OPEN_TO_ALL, ...lines, ...NO_LIMITS], undefined, files),
    OwnKafka.start(t, options.kafka),
    OwnInfluxd.start(t, { auth: options.influxAuth ?? false }),
  ] as const;
  // When one cannot start, the test must not end before it knows of the others, which it has to stop.
  await Promise.allSettled(started);
  const [mosquitto, kafka, influxd] = await Promise.all(started);
  return { mosquitto, kafka, influxd };
}

/**
 * A Mosquitto to be killed: it saves its state with every change, so that a kill costs little of what it has acknowledged
 * (for the rest see `killMosquitto`). Not for other cases: with thousands of messages queued it writes them all for each
 * packet, takes some 60 packets a second then, and answers no ping in time.
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
