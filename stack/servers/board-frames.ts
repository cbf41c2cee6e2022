/** Frames of the simulated Nucleo board. */
export function boardFrames(): (nowMs: number) => Buffer | undefined {
  throw new Error('to come');
}
