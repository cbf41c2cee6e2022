import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { FaultProxy } from '../../support/fault-proxy';
import { freshName, freshTopic } from '../../support/fresh-topic';
import { OwnKafka } from '../../support/own-kafka';
import { freePort } from '../../support/own-mosquitto';
import { until } from '../../support/until';
import { GroupReader, startProducer } from './group-reader';

describe('What is no answer of a broker', () => {
  it('ends the connection and not the process; all goes on once a broker answers again', async (t) => {
    const [listener, outside] = [await freePort(), await freePort()];
    const kafka = await OwnKafka.start(t, {
      replace: (config) =>
        config
          .replace(/^(listeners=.*)$/m, `$1,RELAYED://127.0.0.1:${listener}`)
          .replace(/^(advertised\.listeners=.*)$/m, `$1,RELAYED://127.0.0.1:${outside}`)
          .replace(/^(listener\.security\.protocol\.map=.*)$/m, '$1,RELAYED:PLAINTEXT'),
    });
    const relay = await FaultProxy.start(t, listener, outside);
    const brokers = [`127.0.0.1:${outside}`];
    const topic = await freshTopic(kafka.brokers);
    const producer = startProducer(t, brokers);
    const reader = new GroupReader(t, { connection: { brokers }, topics: [topic], groupId: freshName('group') });
    await producer.send({ topic, value: 'before' });
    await reader.has(1);
    for (const value of ['first', 'second', 'third']) {
      relay.mode = { kind: 'garbage' };
      const sent = producer.send({ topic, value });
      // In the middle of a connection, then from its first byte, with text and with noise.
      await pause(2_000);
      relay.mode = { kind: 'pass' };
      await sent;
    }
    // What was written and answered by rubbish is written again.
    await until(() => new Set(reader.values).size === 4, 20_000, 'all records');
    assert.deepEqual([...new Set(reader.values)], ['before', 'first', 'second', 'third']);
  });
});
