// A reporter of node:test that counts: writes one line of JSON at the end, for whoever sums up the run.
export default async function* countReporter(source) {
  const count = { passed: 0, failed: 0, skipped: 0 };
  const failures = [];
  for await (const { type, data } of source) {
    if (type !== 'test:pass' && type !== 'test:fail') continue;
    if (data.details?.type === 'suite') continue;
    if (data.skip !== undefined || data.todo !== undefined) count.skipped++;
    else if (type === 'test:pass') count.passed++;
    else {
      count.failed++;
      failures.push(`${data.file ?? ''}: ${data.name}`);
    }
  }
  yield JSON.stringify({ ...count, failures });
}
