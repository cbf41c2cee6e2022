import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { EchoAsker } from '../../../lib/latency/echo-asker';
import { echoMessage, isEcho, type EchoAnswer } from '../../../lib/latency/echo-message';
import { TwinError } from '../../../lib/reading/twin-error';

const answerTo = (id: string, Machine: string, T2: number): EchoAnswer => ({
  ...{ Echo: 'answer', Echo_Id: id, Machine, T2, T3: T2 + 1 },
});

describe('EchoAsker', () => {
  it('estimates the clock of each machine that answers', () => {
    const asker = new EchoAsker('me');
    const { Echo_Id: id } = asker.ask(1_000);
    asker.take(answerTo(id, 'server', 1_902), 1_005);
    asker.take(answerTo(id, 'board', 503), 1_007);
    assert.deepEqual(
      asker.clocks(1_007).map(({ machine, offsetMs, roundTripMs }) => [machine, offsetMs, roundTripMs]),
      [
        ['server', 900, 4],
        ['board', -500, 6],
      ],
    );
    assert.equal(asker.clockOf('server', 1_007)?.offsetMs, 900);
    assert.equal(asker.clockOf('nobody', 1_007), undefined);
  });

  it('takes one answer of a machine to a request, and none to the request of somebody else', () => {
    const asker = new EchoAsker('me');
    const { Echo_Id: id } = asker.ask(1_000);
    asker.take(answerTo(id, 'server', 1_902), 1_005);
    asker.take(answerTo(id, 'server', 1_902), 1_250);
    assert.deepEqual([asker.clockOf('server', 2_000)?.count, asker.unusable], [1, 1]);
    asker.take(answerTo('other/1', 'server', 1), 1_005);
    asker.take(answerTo('me2/1', 'server', 1), 1_005);
    assert.deepEqual([asker.clockOf('server', 2_000)?.count, asker.unusable], [1, 1]);
  });

  it('forgets requests that were never answered, and machines beyond a hundred', () => {
    const asker = new EchoAsker('me');
    const ids = Array.from({ length: 65 }, (_, i) => asker.ask(i).Echo_Id);
    asker.take(answerTo(ids[0]!, 'server', 1), 70);
    assert.equal(asker.unusable, 1);
    for (const part of [0, 1]) {
      for (let i = 0; i < 70; i++) asker.take(answerTo(ids[part + 1]!, `machine ${part}-${i}`, 50), 70);
    }
    assert.equal(asker.clocks(70).length, 100);
  });
});

describe('echoMessage', () => {
  it('reads requests and answers, whatever else a transport has added', () => {
    const request = { Echo: 'request', Echo_Id: 'a/1', MQTT_Timestamp: 5 };
    assert.ok(isEcho(request));
    assert.deepEqual(echoMessage(request), { Echo: 'request', Echo_Id: 'a/1' });
    const answer = answerTo('a/1', 'm', 5);
    assert.deepEqual(echoMessage({ ...answer, Kafka_Timestamp: 7 }), answer);
    assert.equal(isEcho({ 'Ambient Temperature': 22.5 }), false);
  });

  it('refuses half an echo', () => {
    for (const half of [
      { Echo: 'question', Echo_Id: 'a' },
      { Echo: 'request', Echo_Id: '' },
      { Echo: 'request', Echo_Id: 'x'.repeat(201) },
      { ...answerTo('a', 'm', 5), T2: '5' },
      { ...answerTo('a', 'm', 5), T3: NaN },
      { ...answerTo('a', 'm', 5), Machine: 7 },
    ]) {
      const isRefusal = (error: unknown): boolean => error instanceof TwinError && error.code === 'LATENCY_ECHO';
      assert.throws(() => echoMessage(half), isRefusal, JSON.stringify(half));
    }
  });
});
