import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { studentTQuantile } from '../../../lib/series/student-t-quantile';

/** [degrees of freedom, upper tail, t], from mpmath with 40 digits (bisection on the incomplete beta function). */
const reference = JSON.parse(readFileSync(join(__dirname, 'student-t-quantile.json'), 'utf8')) as [
  number,
  number,
  number,
][];

test('agrees with 40-digit arithmetic to relative 1e-11 from half a degree of freedom to a million', () => {
  assert.equal(reference.length, 91);
  for (const [degreesOfFreedom, tail, expected] of reference) {
    // Measured: 5.5e-12 at a million degrees, below 1e-12 up to 100,000.
    const off = Math.abs(studentTQuantile(tail, degreesOfFreedom) / -expected - 1);
    assert.ok(off < 1e-11, `${degreesOfFreedom} degrees, tail ${tail}: off by ${off}`);
  }
});

test('is odd around one half, and normal for infinitely many degrees', () => {
  for (const p of [0.001, 0.2, 0.49]) {
    const [low, high] = [studentTQuantile(p, 7), studentTQuantile(1 - p, 7)];
    assert.ok(Math.abs(low + high) < 1e-12 * high);
  }
  assert.equal(studentTQuantile(0.5, 3), 0);
  assert.ok(Math.abs(studentTQuantile(0.975, Infinity) - 1.959963984540054) < 1e-14);
});

test('is NaN outside of its domain', () => {
  for (const [p, dof] of [
    [0, 5],
    [1, 5],
    [0.9, 0],
    [0.9, -1],
    [NaN, 5],
  ] as const) {
    assert.ok(Number.isNaN(studentTQuantile(p, dof)));
  }
});
