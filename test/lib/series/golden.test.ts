import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { runGolden } from '../../../scripts/golden/run-golden';

const results = runGolden(join(__dirname, '../../golden'));

for (const method of new Set(results.map((result) => result.method))) {
  const own = results.filter((result) => result.method === method);
  const skipped = own.find((result) => result.skipped !== undefined)?.skipped;
  test(`${method}: ${own.length} reference results are met`, { skip: skipped ?? false }, () => {
    const failed = own.filter(({ problem }) => problem !== undefined);
    assert.deepEqual(failed, []);
  });
}
