import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { test } from 'node:test';
import { Spool } from '../../../lib/delivery/spool';
import { SpoolDrain } from '../../../lib/delivery/spool-drain';
import { SpoolGate, type SpoolOrder } from '../../../lib/delivery/spool-gate';
import { MqttPublisher } from '../../../lib/mqtt/mqtt-publisher';
import { foreignSubscriber } from '../../support/mosquitto-sub';
import { NO_LIMITS, OPEN_TO_ALL, OwnMosquitto, SAVE_EVERY_CHANGE } from '../../support/own-mosquitto';
import { until } from '../../support/until';
import { bytesOf, closeAfter, range, temporaryFolder } from './spool-harness';

const PER_SECOND = 200;
const OUTAGE_MS = 3_000;

/** A sink as a node builds it, before a broker that is killed (-9) and comes back while readings flow. */
for (const order of ['in-order', 'live-first'] as SpoolOrder[]) {
  test(`a broker killed for ${OUTAGE_MS / 1000} s while ${PER_SECOND} readings/s flow, ${order}: none is lost`, async (t) => {
    const broker = await OwnMosquitto.start(t, [...OPEN_TO_ALL, ...NO_LIMITS, ...SAVE_EVERY_CHANGE]);
    const topic = `spool/${randomUUID()}`;
    // A kept session: the broker holds for it what comes while it is not back yet.
    const subscriber = await foreignSubscriber(t, broker.url, topic, ['-c', '-i', randomUUID()]);
    const publisher = new MqttPublisher({ url: broker.url });
    const publish = (payload: Buffer | string) => publisher.publish(topic, payload);
    const spool = await Spool.open({ folder: await temporaryFolder(t) });
    const drain = new SpoolDrain({ spool, send: ({ payload }) => publish(Buffer.concat([bytesOf('late '), payload])) });
    const gate = new SpoolGate({ spool, drain, order });
    closeAfter(t, async () => {
      await publisher.close();
      await gate.close();
      await spool.close();
    });
    publisher.on('state', ({ state }) => (state === 'connected' ? gate.resume() : gate.pause()));
    publisher.start();
    await until(() => publisher.change.state === 'connected', 10_000, 'the connection');

    let taken = 0;
    const deliveries: Promise<'sent' | 'spooled'>[] = [];
    const begin = performance.now();
    const flow = setInterval(() => {
      const due = Math.floor(((performance.now() - begin) / 1000) * PER_SECOND);
      for (; taken < due; taken++) {
        const name = `${taken + 1}`;
        deliveries.push(
          gate.deliver(
            () => bytesOf(name),
            () => publish(`live ${name}`),
          ),
        );
      }
    }, 5);
    closeAfter(t, () => clearInterval(flow));
    await until(() => taken >= PER_SECOND, 10_000, 'the first second');
    await broker.kill();
    const spooledFrom = taken;
    await until(() => taken >= spooledFrom + (PER_SECOND * OUTAGE_MS) / 1000, 10_000, 'the outage');
    assert.ok(spool.length > (PER_SECOND * OUTAGE_MS) / 2000, `${spool.length} spooled`);
    await broker.restart();
    await until(() => publisher.change.state === 'connected', 20_000, 'the return');
    await until(() => spool.length === 0, 20_000, 'the end of the backlog');
    const atEnd = taken;
    await until(() => taken >= atEnd + PER_SECOND, 10_000, 'the last second');
    clearInterval(flow);

    const outcomes = await Promise.all(deliveries);
    const arrived = () => subscriber.payloads.map((payload) => payload.toString().split(' '));
    await until(() => new Set(arrived().map(([, n]) => n)).size === taken, 20_000, 'the last reading');
    const numbers = arrived().map(([, n]) => Number(n));
    const firsts = [...new Set(numbers)];
    assert.deepEqual(
      firsts.toSorted((a, b) => a - b),
      range(1, taken),
    );
    if (order === 'in-order') assert.deepEqual(firsts, range(1, taken), 'in order');
    assert.equal(outcomes.at(-1), 'sent', 'after the backlog messages go straight out again');
    assert.ok(outcomes.filter((how) => how === 'spooled').length > (PER_SECOND * OUTAGE_MS) / 2000);
    assert.deepEqual(spool.dropped, { full: 0, age: 0, damaged: 0 });
    t.diagnostic(`${taken} readings, ${numbers.length - taken} twice`);
  });
}
