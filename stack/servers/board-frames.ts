import { encodeNucleoFrame, NUCLEO_KEYS } from '../../lib/serial/nucleo-frame';

/** Frames of the simulated Nucleo board. */
export function boardFrames(): (nowMs: number) => Buffer | undefined {
  return (nowMs) =>
    encodeNucleoFrame(Object.fromEntries(NUCLEO_KEYS.map((k, i) => [k, 20 + i * 5 + Math.sin(nowMs / 6e4)])));
}
