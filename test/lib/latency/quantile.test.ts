import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { quantile } from '../../../lib/latency/quantile';

describe('quantile', () => {
  it('interpolates between the values at floor(h) and floor(h) + 1, worked by hand', () => {
    const sample = Object.freeze([1.5, 2, 3.25, 7, 11, 40]);
    const expected = { 0: 1.5, 0.05: 1.625, 0.25: 2.3125, 0.5: 5.125, 0.75: 10, 0.95: 32.75, 0.99: 38.55, 1: 40 };
    for (const [p, value] of Object.entries(expected)) {
      assert.ok(Math.abs(quantile(sample, Number(p)) - value) < 1e-12, `p = ${p}: ${quantile(sample, Number(p))}`);
    }
  });

  it('gives the only value of a sample of one for every probability', () => {
    for (const p of [0, 0.3, 1]) assert.equal(quantile([4.25], p), 4.25);
  });

  it('mirrors: the quantile at p of a sample is minus the one at 1 - p of the negated sample', () => {
    const sample = [-3, 0, 0.5, 9, 12];
    const negated = sample.map((value) => -value).reverse();
    for (const p of [0, 0.1, 0.25, 0.5, 0.9, 1]) {
      assert.ok(Math.abs(quantile(sample, p) + quantile(negated, 1 - p)) < 1e-12);
    }
  });

  it('refuses an empty sample and a probability outside 0 to 1', () => {
    assert.throws(() => quantile([], 0.5), /empty sample/);
    for (const p of [-0.01, 1.01, NaN]) assert.throws(() => quantile([1], p), /between 0 and 1/);
  });
});
