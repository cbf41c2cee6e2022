import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { PubackLedger, type HeldMessage } from '../../../lib/mqtt/puback-ledger';
import { seededRandom } from '../../support/seeded-random';

const message = (messageId: number, text = `m${messageId}`) => ({ messageId, topic: 't', payload: Buffer.from(text) });

/** A ledger on a connection that records which identifiers were acknowledged. */
function connected(sessionPresent = true) {
  const ledger = new PubackLedger();
  const acknowledged: number[] = [];
  const write = (bytes: Buffer) => {
    for (let at = 0; at < bytes.length; at += 4) {
      assert.deepEqual([...bytes.subarray(at, at + 2)], [0x40, 0x02]);
      acknowledged.push(bytes.readUInt16BE(at + 2));
    }
  };
  ledger.begin(write, sessionPresent);
  return { ledger, acknowledged, reconnect: (present = true) => ledger.begin(write, present) };
}

/** Acknowledgements are written in the second turn from now. */
async function twoTurns(): Promise<void> {
  await nextTurn();
  await nextTurn();
}

test('acknowledges in the order of receipt, whatever the order of settling', async () => {
  for (let seed = 1; seed <= 50; seed++) {
    const random = seededRandom(seed);
    const { ledger, acknowledged } = connected();
    const open: HeldMessage[] = [];
    const settled = new Set<number>();
    for (let id = 1; id <= 200;) {
      if (random() < 0.5) open.push(ledger.hold(message(id++)));
      else if (open.length > 0) {
        const [picked] = open.splice(Math.floor(random() * open.length), 1);
        settled.add(picked!.messageId);
        ledger.settle(picked!);
      }
      await twoTurns();
      let prefix = 0;
      while (settled.has(prefix + 1)) prefix++;
      assert.deepEqual(
        acknowledged,
        Array.from({ length: prefix }, (_, index) => index + 1),
        `seed ${seed}`,
      );
    }
  }
});

test('many settled in one turn are written in one piece', async () => {
  const ledger = new PubackLedger();
  const pieces: number[] = [];
  ledger.begin((bytes) => pieces.push(bytes.length), false);
  const held = [1, 2, 3, 4].map((id) => ledger.hold(message(id)));
  held.forEach((one) => ledger.settle(one));
  await twoTurns();
  assert.deepEqual(pieces, [16]);
});

test('identifiers up to 65535 are written as two bytes', async () => {
  const { ledger, acknowledged } = connected();
  for (const id of [255, 256, 65_535]) ledger.settle(ledger.hold(message(id)));
  await twoTurns();
  assert.deepEqual(acknowledged, [255, 256, 65_535]);
});

test('nothing is acknowledged between two connections, nor on the next before the repeat has come', async () => {
  const { ledger, acknowledged, reconnect } = connected();
  const held = ledger.hold(message(7));
  ledger.lose();
  ledger.settle(held);
  await twoTurns();
  assert.deepEqual(acknowledged, []);
  reconnect();
  await twoTurns();
  assert.deepEqual(acknowledged, []);
  assert.equal(ledger.adopt(message(7)), true, 'the repeat is known');
  await twoTurns();
  assert.deepEqual(acknowledged, [7], 'it was settled while the connection was gone');
});

test('a repeat takes its place in the new order of receipt', async () => {
  const { ledger, acknowledged, reconnect } = connected();
  const [one, two] = [ledger.hold(message(1)), ledger.hold(message(2))];
  ledger.lose();
  reconnect();
  assert.ok(ledger.adopt(message(2)) && ledger.adopt(message(1)));
  ledger.settle(one);
  await twoTurns();
  assert.deepEqual(acknowledged, []);
  ledger.settle(two);
  await twoTurns();
  assert.deepEqual(acknowledged, [2, 1]);
});

test('the same identifier with other content is another message', () => {
  const { ledger, reconnect } = connected();
  ledger.hold(message(1, 'old'));
  ledger.lose();
  reconnect();
  assert.equal(ledger.adopt(message(1, 'new')), false);
  assert.equal(ledger.adopt({ ...message(1, 'old'), topic: 'other' }), false);
});

test('what was acknowledged is forgotten, as its identifier may come again', async () => {
  const { ledger, reconnect } = connected();
  ledger.settle(ledger.hold(message(1)));
  await twoTurns();
  ledger.lose();
  reconnect();
  assert.equal(ledger.adopt(message(1)), false);
});

test('a broker without the session sends nothing again: what was held is forgotten', () => {
  const { ledger, reconnect } = connected();
  ledger.hold(message(1));
  ledger.lose();
  assert.equal(ledger.unsettled, 1);
  reconnect(false);
  assert.equal(ledger.unsettled, 0);
  assert.equal(ledger.adopt(message(1)), false);
});

test('what is held survives several connections that break before the repeat', () => {
  const { ledger, reconnect } = connected();
  ledger.hold(message(1));
  for (let outage = 0; outage < 3; outage++) {
    ledger.lose();
    reconnect();
  }
  assert.equal(ledger.adopt(message(1)), true);
});
