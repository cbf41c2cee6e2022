import assert from 'node:assert/strict';
import { test } from 'node:test';
import { RepeatedError } from '../../../lib/delivery/repeated-error';

function withClock() {
  const clock = { now: 0 };
  return { clock, errors: new RepeatedError({ everyMs: 60_000, now: () => clock.now }) };
}

test('the same error is reported once a minute, with the count of what was kept quiet', () => {
  const { clock, errors } = withClock();
  assert.deepEqual(errors.shouldReport('refused'), { report: true, suppressed: 0 });
  for (let second = 1; second < 60; second++) {
    clock.now = second * 1000;
    assert.deepEqual(errors.shouldReport('refused'), { report: false, suppressed: second });
  }
  clock.now = 60_000;
  assert.deepEqual(errors.shouldReport('refused'), { report: true, suppressed: 59 });
  assert.deepEqual(errors.shouldReport('refused'), { report: false, suppressed: 1 });
});

test('different errors do not silence each other', () => {
  const { errors } = withClock();
  assert.equal(errors.shouldReport('refused').report, true);
  assert.equal(errors.shouldReport('not authorized').report, true);
});

test('an error is news again after its cause has gone', () => {
  const { errors } = withClock();
  errors.shouldReport('refused');
  errors.clear();
  assert.deepEqual(errors.shouldReport('refused'), { report: true, suppressed: 0 });
});

test('a flood of distinct errors forgets the one reported longest ago', () => {
  const { clock, errors } = withClock();
  for (let key = 0; key < 501; key++) {
    clock.now = key;
    errors.shouldReport(`error ${key}`);
  }
  assert.equal(errors.shouldReport('error 1').report, false, 'the last 500 are remembered');
  assert.equal(errors.shouldReport('error 0').report, true, 'the first was forgotten');
});
