import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { DeliveryWindow } from '../../../lib/kafka/delivery-window';

describe('DeliveryWindow', () => {
  it('has no room once full, and wakes all that wait when something is given back', async () => {
    const window = new DeliveryWindow(2);
    window.take(2);
    assert.equal(window.room, 0);
    let woken = 0;
    const waits = [1, 2].map(() => window.changed(60_000).then(() => woken++));
    window.give(1);
    await Promise.all(waits);
    assert.equal(woken, 2);
    assert.equal(window.room, 1);
  });

  it('ends a wait after the given time', async () => {
    const began = performance.now();
    await new DeliveryWindow(1).changed(30);
    assert.ok(performance.now() - began >= 29);
  });
});
