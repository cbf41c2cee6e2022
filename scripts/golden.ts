/**
 * Compares lib/series with the golden reference results of a folder and prints passed and total per method.
 *
 *     npm run test:golden -- [DIR]
 *
 * Without DIR: test/golden. Ends with 1 when a case fails.
 */
import { join } from 'node:path';
import { runGolden } from './golden/run-golden';

const results = runGolden(process.argv[2] ?? join(__dirname, '..', 'test', 'golden'));
const methods = [...new Set(results.map(({ method }) => method))];
for (const method of methods) {
  const own = results.filter((result) => result.method === method);
  const failed = own.filter(({ problem }) => problem !== undefined);
  const skipped = own.filter(({ skipped: reason }) => reason !== undefined);
  const passed = own.length - failed.length - skipped.length;
  const note = skipped[0] ? `  (${skipped.length} skipped: ${skipped[0].skipped})` : '';
  console.log(`${String(passed).padStart(4)} / ${String(own.length).padEnd(4)} ${method}${note}`);
  for (const { id, problem } of failed) console.log(`            ${id}: ${problem}`);
}
const failures = results.filter(({ problem }) => problem !== undefined).length;
const skips = results.filter(({ skipped }) => skipped !== undefined).length;
console.log(`${results.length - failures - skips} passed, ${failures} failed, ${skips} skipped`);
process.exitCode = failures > 0 ? 1 : 0;
