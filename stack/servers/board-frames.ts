import { TwinError } from '../../lib/reading/twin-error';
import { BoardSimulator } from '../../lib/serial/board-simulator';

const DEFAULT_FRAMES_PER_S = 10;
/** A day of five minutes shows its cycle to whoever watches. */
const DEFAULT_DAY_S = 300;
const SEED = 1;

export interface BoardFrames {
  readonly framesPerS: number;
  /** The frame of this moment; undefined where the board drops one. */
  readonly frame: (nowMs: number) => Buffer | undefined;
}

/**
 * Frames of a simulated Nucleo board, by BOARD_FRAMES_PER_S (10) and BOARD_DAY_S (300, seconds of its daily cycle).
 * Throws STACK_BOARD on a value that is no number in range.
 */
export function boardFrames(env: NodeJS.ProcessEnv): BoardFrames {
  const framesPerS = numberOf(env, 'BOARD_FRAMES_PER_S', DEFAULT_FRAMES_PER_S, 1_000);
  const dayMs = numberOf(env, 'BOARD_DAY_S', DEFAULT_DAY_S, 1e6) * 1000;
  const startMs = Date.now();
  const simulator = new BoardSimulator({ format: 'nucleo', framesPerS, seed: SEED, startMs, dayMs });
  return {
    framesPerS,
    frame: (nowMs) => simulator.frame(Math.max(0, Math.floor(((nowMs - startMs) * framesPerS) / 1000))),
  };
}

function numberOf(env: NodeJS.ProcessEnv, variable: string, fallback: number, max: number): number {
  const text = env[variable];
  const value = text ? Number(text) : fallback;
  if (value > 0 && value <= max) return value;
  throw new TwinError('STACK_BOARD', `${variable} is "${text}", not a number above 0, up to ${max}`);
}
