import assert from 'node:assert/strict';
import { it } from 'node:test';
import type { MachineClock } from '../../lib/latency/echo-asker';
import type { HopSummary } from '../../lib/latency/latency-monitor';
import { Runtime } from '../support/runtime';
import { until } from '../support/until';

const HOPS = [{ from: 'MQTT_Timestamp', to: 'Bridge_Timestamp', label: 'bridge', clockOffsetMs: 0 }];
const BY_HAND = [{ stamp: 'Bridge_Timestamp', machine: '', offsetMs: '900' }];
const BY_ECHO = [{ stamp: 'Bridge_Timestamp', machine: 'server', offsetMs: 0 }];
const node = (more: Record<string, unknown>) => ({
  ...{ id: 'l', type: 'kafka-latency', z: 'f', hops: HOPS, summaryEvery: 'readings', summaryReadings: 1 },
  ...{ rejectedOutput: true, outputs: 4, wires: [['delays'], ['summary'], ['echo'], ['bad']] },
  ...more,
});
const asking = node({ clocks: BY_ECHO, echo: true, echoSeconds: 0.1 });
const answering = {
  ...{ id: 'a', type: 'kafka-latency', z: 'f', mode: 'answer', machine: 'server', rejectedOutput: true },
  ...{ outputs: 2, wires: [['answer'], ['bad']] },
};
const flow = (
  ...nodes: { id: string; type: string; [more: string]: unknown }[]
): Parameters<typeof Runtime.start>[2] => [
  { id: 'f', type: 'tab' },
  ...nodes,
  ...['delays', 'summary', 'echo', 'answer', 'bad'].map((id) => ({ id, type: 'helper', z: 'f' })),
];
const types = ['kafka-latency'];
const reading = (Sequence: number, aheadMs: number) => {
  const at = Date.now();
  return { payload: { Source: 'board', Sequence, MQTT_Timestamp: at, Bridge_Timestamp: at + aheadMs + 7 } };
};

it('subtracts the offset of a clock that is known by hand', async (t) => {
  const runtime = await Runtime.start(t, types, flow(node({ clocks: BY_HAND, outputs: 3, wires: [['delays']] })));
  const next = runtime.next('delays');
  runtime.send('l', reading(1, 900));
  assert.deepEqual(((await next).payload as { fields: object }).fields, { bridge: 7 });
});

it('asks, and measures against the other clock once it has answered; the error is half the round trip', async (t) => {
  // The way from the asker to the other machine and back, whose clock is 5 s ahead of ours: wires that take a while.
  const runtime = await Runtime.start(t, types, flow(asking, answering));
  const [delays, summaries, bad] = [runtime.record('delays'), runtime.record('summary'), runtime.record('bad')];
  runtime.send('l', reading(1, 5_000));
  let [roundTrips, over] = [0, false];
  const later = (ms: number, id: string, message: Parameters<Runtime['send']>[1]): void =>
    void setTimeout(() => over || runtime.send(id, message), ms);
  runtime.node('echo').on('input', (request) => later(20, 'a', request));
  runtime.node('answer').on('input', (message) => {
    const answer = message.payload as { T2: number; T3: number };
    answer.T2 += 5_000;
    answer.T3 += 5_000;
    roundTrips++;
    later(10, 'l', { payload: JSON.stringify(answer) });
  });
  await until(() => roundTrips >= 3, 10_000);
  assert.equal(delays.length, 0, 'a clock that has not answered gives no delay');
  let sequence = 1;
  const measured = (): boolean => {
    runtime.send('l', reading(++sequence, 5_000));
    return summaries.length > 0;
  };
  await until(measured, 5_000);
  over = true;
  const [{ median, errors, clockAheadAtMost }] = summaries.at(-1)!.payload as [HopSummary];
  const [clock] = summaries.at(-1)!['clocks'] as [MachineClock];
  assert.equal(clock.machine, 'server');
  // There it took 20 ms, back 10 ms: half the difference is what nobody can know.
  assert.ok(clock.roundTripMs >= 29 && Math.abs(clock.offsetMs - 5_000) <= clock.errorMs, JSON.stringify(clock));
  // The error grows by 100 ppm of the age of the exchange.
  assert.ok(
    clock.errorMs >= clock.roundTripMs / 2 && clock.errorMs < clock.roundTripMs / 2 + 0.1 + clock.ageMs / 10_000,
  );
  assert.ok(Math.abs(median - 7) <= errors.median, `${median} ± ${errors.median}`);
  assert.ok(errors.median >= clock.roundTripMs / 2 && clockAheadAtMost >= 5_000);
  assert.equal(bad.length, 0);
});

it('requests and answers may share a topic, with others too: only an answer to this node counts', async (t) => {
  const runtime = await Runtime.start(t, types, flow(asking, answering));
  const [answers, bad] = [runtime.record('answer'), runtime.record('bad')];
  const own = await runtime.next('echo');
  for (const id of ['l', 'a']) runtime.send(id, { payload: own.payload });
  await until(() => answers.length === 1, 5_000);
  for (const id of ['l', 'a']) runtime.send(id, { payload: answers[0]!.payload });
  runtime.send('a', { payload: [own.payload, { Echo: 'request', Echo_Id: 'other/1' }] });
  await until(() => answers.length === 2, 5_000);
  assert.equal((answers[1]!.payload as unknown[]).length, 2);
  assert.equal(bad.length, 0);
});

it('what is no echo costs exactly itself', async (t) => {
  const runtime = await Runtime.start(t, types, flow(asking, answering));
  const bad = runtime.record('bad');
  const [delays, answers] = [runtime.record('delays'), runtime.record('answer')];
  runtime.send('a', { payload: [{ 'Ambient Temperature': 22.5 }, { Echo: 'request', Echo_Id: 'x/1' }] });
  runtime.send('l', { payload: { Echo: 'answer', Echo_Id: 'x/1', Machine: 'm', T2: 'now', T3: 1 } });
  await until(() => answers.length === 1 && bad.length === 2, 5_000);
  assert.deepEqual(
    bad.map(({ error }) => error?.code),
    ['LATENCY_ECHO', 'LATENCY_ECHO'],
  );
  assert.equal(delays.length, 0);
});

it('a node in answer mode has one output and names its machine', async (t) => {
  const runtime = await Runtime.start(t, types, flow({ ...answering, machine: '', outputs: 1, wires: [['answer']] }));
  const status = runtime.status('a', /answered/);
  const next = runtime.next('answer');
  runtime.send('a', { payload: '{"Echo": "request", "Echo_Id": "x/1"}', topic: 'Twin/Echo' });
  const { payload, topic } = await next;
  const { Machine, T2, T3 } = payload as { Machine: string; T2: number; T3: number };
  assert.ok(Machine.length > 0 && T3 >= T2 && Math.abs(T2 - Date.now()) < 5_000);
  assert.equal(topic, 'Twin/Echo');
  await status;
});
