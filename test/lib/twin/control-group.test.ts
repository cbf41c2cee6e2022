import assert from 'node:assert/strict';
import { it } from 'node:test';
import { ControlGroup } from '../../../lib/twin/control-group';
import type { ControlLawOptions } from '../../../lib/twin/control-law';
import type { CommandTrackerOptions } from '../../../lib/twin/command-tracker';
import { ManualClock } from './manual-clock';

const KEY = 'Ambient Temperature';
interface Made {
  readonly group: ControlGroup;
  readonly clock: ManualClock;
  /** `source state reason attempt`, as commands went out. */
  readonly sent: string[];
  readonly ids: string[];
  readonly givenUp: string[];
}
function make(
  law: Partial<ControlLawOptions> = {},
  command: Partial<CommandTrackerOptions> = {},
  keys = { key: KEY, timeKey: 'MQTT_Timestamp' },
): Made {
  const clock = new ManualClock();
  let made = 0;
  const group = new ControlGroup({
    ...keys,
    clock,
    makeId: () => `c${++made}`,
    law: {
      ...{ mode: 'cooling', onAt: 24, offAt: 23, minOnMs: 0, minOffMs: 0, staleMs: 10_000, safe: 'off' },
      ...law,
    },
    command: { acknowledgeMs: 0, retries: 0, expiryMs: 60_000, repeatMs: 0, ...command },
  });
  const [sent, ids, givenUp]: string[][] = [[], [], []];
  group.on('command', (source, { id, state, reason, attempt }) => {
    sent!.push(`${source} ${state} ${reason} ${attempt}`);
    ids!.push(id);
  });
  group.on('unacknowledged', (source, { state }, error) => givenUp!.push(`${source} ${state} ${error.code}`));
  return { group, clock, sent: sent!, ids: ids!, givenUp: givenUp! };
}

it('killing the sensor puts the output into the safe state at the set time, once, without a further message', () => {
  const { group, clock, sent } = make({ minOnMs: 3_600_000 });
  group.take({ Source: 'board', [KEY]: 25 });
  clock.pass(9_999);
  assert.deepEqual(sent, ['board on threshold 1']);
  clock.pass(1);
  assert.deepEqual(sent, ['board on threshold 1', 'board off stale 1']);
  clock.pass(3_600_000);
  assert.equal(sent.length, 2);
});

it('the fail-safe and the end of an override come although timers fire early, and time passes between deciding and setting the next one', () => {
  for (let creepMs = 0.05; creepMs < 3; creepMs += 0.05) {
    const { group, clock, sent } = make({ minOffMs: 1 });
    clock.creepMs = creepMs;
    clock.earlyMs = 0.9;
    group.take({ Source: 'board', [KEY]: 20 });
    group.override('on', 5000);
    clock.pass(5100);
    group.take({ Source: 'board', [KEY]: 25 });
    clock.pass(5);
    group.take({ Source: 'board', [KEY]: 25 });
    clock.pass(10_100);
    const states = sent.map((command) => command.replace('board ', ''));
    assert.deepEqual(
      states,
      ['off threshold 1', 'on override 1', 'off threshold 1', 'on threshold 1', 'off stale 1'],
      `${creepMs} ms`,
    );
  }
});

it('readings that come but cannot be used do not keep the fail-safe away', () => {
  const { group, clock, sent } = make();
  group.take({ Source: 'board', [KEY]: 25 });
  for (let second = 0; second < 10; second++) {
    clock.pass(1000);
    assert.throws(() => group.take({ Source: 'board', [KEY]: null }), { code: 'TWIN_VALUE' });
  }
  assert.equal(sent[1], 'board off stale 1');
});

it('old readings of a backlog are not acted upon, nor late ones, nor repeats', () => {
  const { group, clock, sent } = make();
  clock.pass(1000);
  const now = clock.epochMs();
  assert.equal(group.take({ Source: 'b', Sequence: 1, [KEY]: 25, MQTT_Timestamp: now - 10_000 }), 'old');
  assert.equal(group.take({ Source: 'b', Sequence: 2, [KEY]: 22, MQTT_Timestamp: now - 100 }), 'taken');
  assert.equal(group.take({ Source: 'b', Sequence: 3, [KEY]: 25, MQTT_Timestamp: now - 200 }), 'late');
  assert.equal(group.take({ Source: 'b', Sequence: 2, [KEY]: 25, MQTT_Timestamp: now }), 'repeat');
  assert.deepEqual(sent, ['b off threshold 1']);
  clock.pass(9_900);
  assert.equal([...group.loops.values()][0]?.reason, 'stale');
});

it('a wall clock that is set does not move the fail-safe of readings without a time', () => {
  const { group, clock, sent } = make();
  group.take({ Source: 'board', [KEY]: 25 });
  clock.epochOffsetMs -= 7_200_000;
  clock.pass(9_999);
  assert.equal(sent.length, 1);
  clock.pass(1);
  assert.equal(sent.length, 2);
});

it('each source has its own control; the nameless one before the first reading becomes the first source', () => {
  const { group, clock, sent } = make();
  clock.pass(10_000);
  assert.deepEqual(sent, [' off stale 1']);
  group.take({ Source: 'a', [KEY]: 25 });
  group.take({ Source: 'b', [KEY]: 20 });
  assert.deepEqual(sent.slice(1), ['a on threshold 1', 'b off threshold 1']);
  assert.deepEqual([...group.loops.keys()], ['a', 'b']);
});

it('a hundred sources have control, one more is refused and costs only itself', () => {
  const { group } = make();
  for (let n = 0; n < 100; n++) group.take({ Source: `s${n}`, [KEY]: 25 });
  assert.throws(() => group.take({ Source: 'more', [KEY]: 25 }), { code: 'TWIN_SOURCES' });
  assert.equal(group.take({ Source: 's0', [KEY]: 25 }), 'taken');
});

it('a command without acknowledgement is tried again, given up, and asked for anew by the next reading', () => {
  const { group, clock, sent, ids, givenUp } = make({ staleMs: Infinity }, { acknowledgeMs: 1000, retries: 1 });
  group.take({ Source: 'b', [KEY]: 25 });
  clock.pass(1000);
  assert.deepEqual(sent, ['b on threshold 1', 'b on threshold 2']);
  assert.equal(ids[0], ids[1]);
  clock.pass(1000);
  assert.deepEqual(givenUp, ['b on TWIN_COMMAND_UNACKNOWLEDGED']);
  clock.pass(60_000);
  assert.equal(sent.length, 2);
  group.take({ Source: 'b', [KEY]: 25 });
  assert.equal(sent[2], 'b on threshold 1');
  assert.equal(group.acknowledge(ids[2]!), true);
  group.take({ Source: 'b', [KEY]: 25 });
  assert.equal(sent.length, 3);
});

it('after a standstill of the machine an expired command is given up, and the fail-safe goes out instead', () => {
  const { group, clock, sent, givenUp } = make({}, { acknowledgeMs: 1000, retries: 5, expiryMs: 5000 });
  group.take({ Source: 'b', [KEY]: 25 });
  clock.stall(30_000);
  assert.deepEqual(sent, ['b on threshold 1', 'b off stale 1']);
  assert.deepEqual(givenUp, []);
});

it('the fail-safe commands the safe state again where its command was given up', () => {
  const { group, clock, sent } = make({}, { acknowledgeMs: 1000, retries: 0 });
  group.take({ Source: 'b', [KEY]: 20 });
  clock.pass(10_000);
  assert.deepEqual(sent, ['b off threshold 1', 'b off stale 1']);
});

it('an override goes to all or to one source, ends by itself, and is refused for a source that nobody knows', () => {
  const { group, clock, sent } = make({ staleMs: Infinity });
  for (const Source of ['a', 'b']) group.take({ Source, [KEY]: 20 });
  group.override('on', 5000);
  group.override('off', 0, 'a');
  assert.deepEqual(sent.slice(2), ['a on override 1', 'b on override 1', 'a off threshold 1']);
  clock.pass(5000);
  assert.equal(sent[5], 'b off threshold 1');
  assert.throws(() => group.override('on', 1, 'c'), { code: 'TWIN_SOURCES' });
});

it('the expiry of a command is a time on the wall clock', () => {
  const { group, clock } = make({}, { expiryMs: 2000 });
  let expires = 0;
  group.on('command', (_source, command) => (expires = command.expires));
  clock.pass(500);
  group.take({ [KEY]: 25 });
  assert.equal(expires, clock.epochMs() + 2000);
});

it('a restart goes on with each state, commands it anew with the first reading, and keeps its minimum time', () => {
  const before = make({ minOnMs: 60_000 });
  before.group.take({ Source: 'a', [KEY]: 25 });
  before.clock.pass(5000);
  const after = make({ minOnMs: 60_000 });
  after.clock.pass(9000);
  after.group.restore(JSON.parse(JSON.stringify(before.group.snapshot())));
  after.group.take({ Source: 'a', [KEY]: 20 });
  assert.deepEqual(after.sent, ['a on threshold 1']);
  for (let second = 0; second < 52; second++) {
    after.clock.pass(1000);
    after.group.take({ Source: 'a', [KEY]: 20 });
  }
  assert.deepEqual(after.sent, ['a on threshold 1', 'a off threshold 1']);
  assert.deepEqual(Object.keys(after.group.snapshot()), ['a']);
});

it('after a restart each source that stays silent gets the safe state, under its own name', () => {
  const before = make();
  for (const Source of ['a', 'b']) before.group.take({ Source, [KEY]: 25 });
  const after = make();
  after.group.restore(JSON.parse(JSON.stringify(before.group.snapshot())));
  after.clock.pass(5000);
  assert.deepEqual(after.sent, []);
  after.group.take({ Source: 'b', [KEY]: 25 });
  after.clock.pass(5000);
  assert.deepEqual(after.sent, ['b on threshold 1', 'a off stale 1']);
  after.group.override('on', 1000, 'a');
  assert.equal(after.sent.at(-1), 'a on override 1');
});

it('a source without a name and one with a name go on, each with its own state', () => {
  const before = make();
  before.group.take({ [KEY]: 20 });
  before.group.take({ Source: 'a', [KEY]: 25 });
  const after = make();
  after.group.restore(before.group.snapshot());
  after.group.take({ [KEY]: 23.5 });
  after.group.take({ Source: 'a', [KEY]: 23.5 });
  assert.deepEqual(after.sent, [' off threshold 1', 'a on threshold 1']);
});

const DAY_MS = 86_400_000;
/** A new group that goes on from another's snapshot, at the same time on the wall clock. */
function restarted(
  before: Made,
  law: Partial<ControlLawOptions> = {},
  command: Partial<CommandTrackerOptions> = {},
): Made {
  const after = make(law, command);
  after.clock.epochOffsetMs = before.clock.epochMs();
  after.group.restore(JSON.parse(JSON.stringify(before.group.snapshot())));
  return after;
}

it('a source that was silent for a day in its safe state is not kept over the next restart', () => {
  const before = make();
  before.group.take({ Source: 'gone', [KEY]: 25 });
  const { group, clock } = restarted(before);
  clock.pass(DAY_MS - 1);
  assert.deepEqual(Object.keys(group.snapshot()), ['gone']);
  clock.pass(1);
  assert.deepEqual(group.snapshot(), {});
});

it('what is forgotten goes by the silence, not by the age of the state, and not before the minimum time is over', () => {
  const before = make();
  before.group.take({ Source: 'b', [KEY]: 20 });
  before.clock.pass(2 * DAY_MS);
  before.group.take({ Source: 'b', [KEY]: 20 });
  const after = restarted(before);
  after.clock.pass(60_000);
  assert.deepEqual(Object.keys(after.group.snapshot()), ['b']);
  const long = { minOffMs: 5 * DAY_MS };
  const held = restarted(after, long);
  held.clock.pass(2 * DAY_MS);
  const again = restarted(held, long);
  again.group.take({ Source: 'b', [KEY]: 25 });
  assert.deepEqual(again.sent, ['b off threshold 1']);
});

it('a source whose safe state was never acknowledged is not forgotten', () => {
  const before = make({}, { acknowledgeMs: 1000 });
  before.group.take({ Source: 'a', [KEY]: 25 });
  const after = restarted(before, {}, { acknowledgeMs: 1000 });
  after.clock.pass(5 * DAY_MS);
  assert.equal(after.sent.at(-1), 'a off stale 1');
  const again = restarted(after, {}, { acknowledgeMs: 1000 });
  again.clock.pass(40_000);
  assert.deepEqual(again.sent, ['a off stale 1']);
});

it('the wait for the first source keeps its state over a restart, too', () => {
  const before = make({ minOffMs: 3_600_000 });
  before.group.override('on', 60_000);
  before.clock.pass(10_000);
  assert.deepEqual(before.sent, [' on override 1', ' off stale 1']);
  const after = restarted(before, { minOffMs: 3_600_000 });
  after.group.take({ [KEY]: 25 });
  assert.deepEqual(after.sent, [' off threshold 1']);
});

it('the first source gets the state that was commanded without a name, under its own name', () => {
  const { group, clock, sent, ids } = make({}, { acknowledgeMs: 1000, retries: 3 });
  clock.pass(10_000);
  group.acknowledge(ids[0]!);
  group.take({ Source: 'a', [KEY]: 20 });
  assert.deepEqual(sent, [' off stale 1', 'a off threshold 1']);
  const old = make();
  old.clock.pass(10_000);
  old.group.take({ Source: 'a', [KEY]: 25, MQTT_Timestamp: old.clock.epochMs() - 60_000 });
  assert.deepEqual(old.sent, [' off stale 1', 'a off stale 1']);
});

it('when a source falls silent the others command their state again with their next reading', () => {
  const { group, clock, sent } = make();
  group.take({ Source: 'old name', [KEY]: 25 });
  clock.pass(9_000);
  group.take({ Source: 'board', [KEY]: 25 });
  clock.pass(1_000);
  for (let n = 0; n < 3; n++) group.take({ Source: 'board', [KEY]: 25 });
  assert.deepEqual(sent.slice(2), ['old name off stale 1', 'board on threshold 1']);
});

it('restarts in a row do not keep the fail-safe away', () => {
  let made = make({ staleMs: 60_000 });
  made.group.take({ Source: 'a', [KEY]: 25 });
  for (let n = 0; n < 5; n++) {
    made.clock.pass(20_000);
    made = restarted(made, { staleMs: 60_000 });
  }
  assert.deepEqual(made.sent, []);
  made.clock.pass(30_000);
  assert.deepEqual(made.sent, ['a off stale 1']);
});

it('sources from before a restart make room for new ones, the longest silent first', () => {
  const before = make({ staleMs: Infinity });
  for (let n = 0; n < 100; n++) {
    before.group.take({ Source: `s${n}`, [KEY]: 25 });
    before.clock.pass(1000);
  }
  const { group } = restarted(before, { staleMs: Infinity });
  group.take({ Source: 's0', [KEY]: 25 });
  assert.equal(group.take({ Source: 'new', [KEY]: 25 }), 'taken');
  assert.ok(group.loops.has('s0') && !group.loops.has('s1') && group.loops.size === 100);
});

it('an override that was given before the first reading ends when its time is over', () => {
  const { group, clock, sent } = make({ staleMs: Infinity });
  group.override('on', 5000);
  clock.pass(5000);
  assert.deepEqual(sent, [' on override 1', ' off threshold 1']);
});

it('closing leaves no timer, and is done twice without harm', () => {
  const { group, clock, sent } = make({}, { acknowledgeMs: 1000, retries: 5, repeatMs: 100 });
  group.take({ Source: 'b', [KEY]: 25 });
  assert.ok(clock.timers > 0);
  group.close();
  group.close();
  assert.equal(clock.timers, 0);
  clock.pass(60_000);
  assert.equal(sent.length, 1);
});

it('a bare number without a key and a time is the value alone: it goes on at 1 and off again at 0', () => {
  const { group, clock, sent } = make({ onAt: 1, offAt: 0 }, {}, { key: '', timeKey: '' });
  for (const value of [0, 1, 0]) {
    assert.equal(group.take({ '': value }), 'taken');
    clock.pass(1);
  }
  assert.deepEqual(
    sent.map((command) => command.trim()),
    ['off threshold 1', 'on threshold 1', 'off threshold 1'],
  );
});
