/** Nothing is lost while the broker is killed (-9) and comes back with what it had saved. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { statSync } from 'node:fs';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { sleep } from '../../../lib/delivery/abortable-sleep';
import { Backoff } from '../../../lib/delivery/backoff';
import { MqttPublisher } from '../../../lib/mqtt/mqtt-publisher';
import { MqttSubscriber } from '../../../lib/mqtt/mqtt-subscriber';
import { foreignSubscriber } from '../../support/mosquitto-sub';
import { reaches } from '../../support/mqtt-state';
import { NO_LIMITS, OPEN_TO_ALL, OwnMosquitto, SAVE_EVERY_CHANGE } from '../../support/own-mosquitto';
import { seededRandom } from '../../support/seeded-random';
import { until } from '../../support/until';

const COUNT = 2_000;
const numbers = Array.from({ length: COUNT }, (_, index) => index);
const backoff = () => new Backoff({ minMs: 20, maxMs: 200 });
const numbersOf = (payloads: readonly Buffer[]) => payloads.map((payload) => Number(payload.toString()));
const turn = () => new Promise<void>((resolve) => setImmediate(resolve));

/** How often a number came, and whether first arrivals came in their order. */
function account(received: readonly number[]) {
  const times = new Map<number, number>();
  for (const number of received) times.set(number, (times.get(number) ?? 0) + 1);
  const firsts = [...times.keys()];
  return {
    missing: numbers.filter((number) => !times.has(number)),
    repeated: received.length - times.size,
    inOrder: firsts.every((number, index) => index === 0 || number > firsts[index - 1]!),
  };
}

for (const protocolVersion of [4, 5] as const) {
  test(
    `2,000 published while the broker is killed twice all arrive, in order (version ${protocolVersion})`,
    { timeout: 90_000 },
    async (t) => {
      const broker = await OwnMosquitto.start(t, [...OPEN_TO_ALL, ...NO_LIMITS, ...SAVE_EVERY_CHANGE]);
      const far = await foreignSubscriber(t, broker.url, 'a', ['-c', '-i', 'far']);
      const publisher = new MqttPublisher({ url: broker.url, protocolVersion, backoff: backoff(), maxInFlight: 100 });
      t.after(() => publisher.close(0));
      publisher.start();
      const accepted = new Set<number>();
      // A fast machine must not be through before the broker is killed.
      let allowed = 700;
      const killing = (async () => {
        for (const [reached, next] of [
          [500, 1_400],
          [1_200, COUNT],
        ] as const) {
          await far.reachDistinct(reached);
          await killBetweenTwoSaves(broker, () => {
            const seen = new Set(numbersOf(far.payloads));
            return [...accepted].every((number) => seen.has(number));
          });
          await reaches(publisher, 'waiting');
          allowed = next;
          await until(() => publisher.queued > 0, 10_000, 'messages published while the broker is away');
          await broker.restart();
        }
      })();
      const published: Promise<unknown>[] = [];
      for (const number of numbers) {
        while (number >= allowed) await turn();
        published.push(publisher.publish('a', String(number)).then(() => accepted.add(number)));
        await turn();
      }
      await Promise.all([...published, killing]);
      await far.reachDistinct(COUNT);
      const { missing, repeated, inOrder } = account(numbersOf(far.payloads));
      assert.deepEqual(missing, []);
      assert.ok(inOrder, 'first arrivals keep their order');
      t.diagnostic(`${repeated} came twice: their acknowledgement died with the broker`);
    },
  );

  test(
    `deferred acknowledgements survive kills with nothing missing (version ${protocolVersion})`,
    { timeout: 90_000 },
    async (t) => {
      const broker = await OwnMosquitto.start(t, [...OPEN_TO_ALL, ...NO_LIMITS, ...SAVE_EVERY_CHANGE]);
      const connection = { url: broker.url, protocolVersion, clean: false, clientId: 'twin-outage' };
      const subject = new MqttSubscriber({ connection, topics: ['a'], qos: 1, window: 50, backoff: backoff() });
      t.after(() => subject.close());
      subject.start();
      await reaches(subject, 'connected');
      await subject.close();
      await publishAndSave(t, broker);

      const random = seededRandom(protocolVersion);
      const received: number[] = [];
      const reader = new MqttSubscriber({ connection, topics: ['a'], qos: 1, window: 50, backoff: backoff() });
      t.after(() => reader.close());
      const all = new Set<number>();
      reader.on('message', ({ payload }, settle) => {
        const number = Number(payload.toString());
        received.push(number);
        setTimeout(() => {
          all.add(number);
          settle();
          reader.emit('state', reader.change);
        }, random() * 20);
      });
      reader.start();
      for (const reached of [300, 900, 1_500]) {
        while (all.size < reached) await once(reader, 'state');
        await broker.kill();
        await reaches(reader, 'waiting');
        await broker.restart();
      }
      while (all.size < COUNT) await once(reader, 'state');
      const { missing, repeated, inOrder } = account(received);
      assert.deepEqual(missing, []);
      assert.ok(inOrder, 'first arrivals keep their order');
      t.diagnostic(`${repeated} came twice: the broker had not saved that they were acknowledged`);
      // What was acknowledged is gone for good, and nothing else is left.
      while (reader.held > 0) await turn();
      await reader.close(5_000);
    },
  );
}

/**
 * Mosquitto acknowledges a message before it has saved it: a kill between the two loses what its subscribers have not
 * got yet, whatever its clients do. So it is stopped first, with messages under way, and killed only when all that it
 * had accepted is through.
 */
async function killBetweenTwoSaves(broker: OwnMosquitto, isThrough: () => boolean): Promise<void> {
  for (;;) {
    broker.signal('SIGSTOP');
    await sleep(50);
    // Acknowledgements that are there are read only after the timers of a turn.
    await turn();
    await turn();
    if (isThrough()) return broker.kill();
    broker.signal('SIGCONT');
    await turn();
  }
}

/** Fills the kept session while its owner is away, and waits until the broker has all of it on its disk. */
async function publishAndSave(t: TestContext, broker: OwnMosquitto): Promise<void> {
  const publisher = new MqttPublisher({ url: broker.url });
  t.after(() => publisher.close(0));
  publisher.start();
  await Promise.all(numbers.map((number) => publisher.publish('a', String(number))));
  await publisher.close();
  const file = join(broker.folder, 'mosquitto.db');
  // Each save is a file of its own, and two may have the same time.
  const saved = (): string => {
    const found = statSync(file, { throwIfNoEntry: false });
    return `${found?.ino} ${found?.mtimeMs}`;
  };
  const before = saved();
  broker.signal('SIGUSR1');
  while (saved() === before) await turn();
}
