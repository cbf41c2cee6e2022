import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { EpochClock } from '../../../lib/latency/epoch-clock';

/** A machine whose time moves by a microsecond with each look at a clock, and by as much as a test says. */
class Machine {
  steadyMs = 5_000;
  aheadMs = 1_700_000_000_000.4;
  readonly sources = {
    date: () => Math.floor(this.#move() + this.aheadMs),
    steady: () => this.#move(),
  };

  get epochMs(): number {
    return this.steadyMs + this.aheadMs;
  }

  #move(): number {
    return (this.steadyMs += 0.001);
  }
}

describe('EpochClock', () => {
  it('tells the time of the machine with fractions of a millisecond', () => {
    const machine = new Machine();
    const clock = new EpochClock(machine.sources);
    for (let i = 0; i < 1_000; i++) {
      machine.steadyMs += 7.3;
      assert.ok(Math.abs(clock.now() - machine.epochMs) < 0.01);
    }
  });

  it('is not misled when the process is held up while it reads the clocks', () => {
    const machine = new Machine();
    let holdUpMs = 0;
    const { date, steady } = machine.sources;
    const heldUp = { date, steady: () => (machine.steadyMs += holdUpMs) && steady() };
    const clock = new EpochClock(heldUp);
    for (let i = 0; i < 200; i++) {
      holdUpMs = i % 3 === 0 ? 7.7 : 0;
      clock.now();
      holdUpMs = 0;
      assert.ok(Math.abs(clock.now() - machine.epochMs) < 0.02);
    }
  });

  it('follows when the clock is set, forward and back', () => {
    const machine = new Machine();
    const clock = new EpochClock(machine.sources);
    for (const step of [5_000, -86_400_000, 0.9, -3]) {
      machine.aheadMs += step;
      assert.ok(Math.abs(clock.now() - machine.epochMs) < 1.2, String(step));
    }
  });

  it('stays within a millisecond of a clock that runs at another rate', () => {
    const machine = new Machine();
    const clock = new EpochClock(machine.sources);
    for (let i = 0; i < 10_000; i++) {
      machine.steadyMs += 100;
      machine.aheadMs += 100 * 500e-6;
      assert.ok(Math.abs(clock.now() - machine.epochMs) < 1.2);
    }
  });

  it('does not wait for a clock that stands still', () => {
    const machine = new Machine();
    assert.ok(Number.isFinite(new EpochClock({ ...machine.sources, date: () => 42 }).now()));
  });
});
