import assert from 'node:assert/strict';
import { it } from 'node:test';
import { commandFrame, heaterCommand } from '../../../lib/serial/heater-command';

it('the heater command is six bytes whose sum is 0 modulo 256', () => {
  assert.deepEqual(heaterCommand(), Buffer.from([0, 0, 0, 0, 0, 0]));
  assert.deepEqual(heaterCommand([1, 2, 3]), Buffer.from([0, 1, 2, 3, 0, 250]));
  for (let command = 0; command < 256; command++) {
    const frame = commandFrame(command, [command, 255, 17], 3);
    assert.equal(frame.length, 6);
    assert.equal(frame.reduce((sum, byte) => sum + byte, 0) % 256, 0);
  }
});

it('refuses what is no byte', () => {
  assert.throws(() => commandFrame(256, [0, 0, 0]), RangeError);
  assert.throws(() => heaterCommand([0, -1, 0]), RangeError);
});
