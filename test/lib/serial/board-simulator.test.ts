import assert from 'node:assert/strict';
import { it } from 'node:test';
import { BoardSimulator, type BoardSimulatorOptions } from '../../../lib/serial/board-simulator';
import { createFramer, frameFormats } from '../../../lib/serial/frame-format';
import type { Reading } from '../../../lib/reading/reading';

const options = (more: Partial<BoardSimulatorOptions> = {}): BoardSimulatorOptions => ({
  ...{ format: 'nucleo', framesPerS: 1, seed: 3, startMs: Date.UTC(2026, 0, 1) },
  ...more,
});

for (const format of frameFormats) {
  it(`what it sends in ${format} is what the framer reads`, () => {
    const board = new BoardSimulator(options({ format }));
    const columns = Object.keys(board.values(0));
    const framer = createFramer({ format, columns });
    const read: Reading[] = [];
    for (let n = 0; n < 500; n++) {
      for (const result of [...framer.push(board.frame(n)!), ...framer.quiet()]) {
        assert.equal(result.kind, 'reading');
        if (result.kind === 'reading') read.push(result.values);
      }
    }
    assert.deepEqual(
      read,
      Array.from({ length: 500 }, (_, n) => board.values(n)),
    );
  });
}

it('gives the same frames for the same seed, and others for another', () => {
  const frames = (seed: number): string[] => {
    const board = new BoardSimulator(options({ seed, dropouts: 0.1, truncated: 0.1 }));
    return Array.from({ length: 300 }, (_, n) => board.frame(n)?.toString('hex') ?? '');
  };
  assert.deepEqual(frames(5), frames(5));
  assert.notDeepEqual(frames(5), frames(6));
});

it('drops and truncates as many frames as it is told', () => {
  const board = new BoardSimulator(options({ dropouts: 0.2, truncated: 0.1 }));
  const frames = Array.from({ length: 10_000 }, (_, n) => board.frame(n));
  const dropped = frames.filter((frame) => !frame).length;
  const cut = frames.filter((frame) => frame && frame.length < 22).length;
  assert.ok(Math.abs(dropped - 2000) < 200, `${dropped} dropped`);
  assert.ok(Math.abs(cut - 800) < 150, `${cut} cut`);
});

it('has a daily cycle, and stays within what the sensors can report for a year of short days', () => {
  const board = new BoardSimulator(options({ dayMs: 600_000 }));
  const temperature = (n: number): number => board.values(n)['Ambient Temperature'] as number;
  const day = Array.from({ length: 600 }, (_, n) => temperature(n));
  assert.ok(Math.max(...day) - Math.min(...day) > 5);
  for (let n = 0; n < 600 * 365; n += 997) {
    const { 'Ambient Temperature': t, 'Ambient Humidity': h } = board.values(n) as Record<string, number>;
    assert.ok(t! > 10 && t! < 35 && h! > 20 && h! < 80, `${t} ${h}`);
  }
});
