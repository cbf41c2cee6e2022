import { test } from './test-run';

/**
 * `npm run test:faults [-- FILES]`: every fault in its long form, 60 s and more of readings each, and the table of what
 * became of them. Resolves with 0 when nothing was lost.
 */
export function faults(files: readonly string[]): Promise<number> {
  return test(files.length > 0 ? files : ['test/faults'], 'long');
}
