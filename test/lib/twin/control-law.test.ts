import assert from 'node:assert/strict';
import { it } from 'node:test';
import { ControlLaw, type ControlLawOptions } from '../../../lib/twin/control-law';

const cooling: ControlLawOptions = {
  ...{ mode: 'cooling', onAt: 24, offAt: 23, minOnMs: 0, minOffMs: 0, staleMs: Infinity, safe: 'off' },
};
const heating: ControlLawOptions = { ...cooling, mode: 'heating', onAt: 18, offAt: 20 };
/** The states that values lead to, one reading a second. */
const states = (options: ControlLawOptions, values: readonly number[]): (string | undefined)[] => {
  const law = new ControlLaw(options, 0);
  return values.map((value, second) => {
    law.measure(value, second * 1000, second * 1000);
    return law.state;
  });
};

it('cooling goes on at its threshold and above, off at the other and below, and stays between', () => {
  assert.deepEqual(states(cooling, [23.5, 23.9, 24, 23.5, 23.01, 23, 23.99, 30]), [
    ...['off', 'off', 'on', 'on', 'on', 'off', 'off', 'on'],
  ]);
});

it('heating does the reverse', () => {
  assert.deepEqual(states(heating, [19, 18, 19, 19.9, 20, 19, 18.1, 17]), [
    ...['off', 'on', 'on', 'on', 'off', 'off', 'off', 'on'],
  ]);
});

it('the first reading between the thresholds gives the safe state', () => {
  assert.deepEqual(states({ ...cooling, safe: 'on' }, [23.5]), ['on']);
});

it('thresholds without room for a hysteresis are refused', () => {
  for (const options of [
    { ...cooling, offAt: 24 },
    { ...heating, offAt: 17 },
  ]) {
    assert.throws(() => new ControlLaw(options, 0), { code: 'TWIN_THRESHOLDS' });
  }
});

it('minimum times put a switching off until they are over, and then it comes without a further reading', () => {
  const law = new ControlLaw({ ...cooling, minOnMs: 5000, minOffMs: 3000 }, 0);
  assert.equal(law.measure(25, 0, 0), 'on');
  assert.equal(law.measure(20, 1000, 1000), undefined);
  assert.equal(law.nextMs(), 5000);
  assert.equal(law.decide(4999), undefined);
  assert.equal(law.decide(5000), 'off');
  assert.equal(law.measure(25, 5001, 5001), undefined);
  assert.equal(law.decide(7999), undefined);
  assert.equal(law.decide(8000), 'on');
});

it('a switching that is not wanted any more when the minimum time is over does not come', () => {
  const law = new ControlLaw({ ...cooling, minOnMs: 5000 }, 0);
  law.measure(25, 0, 0);
  law.measure(20, 1000, 1000);
  law.measure(25, 2000, 2000);
  assert.equal(law.decide(5000), undefined);
  assert.equal(law.state, 'on');
});

it('the fail-safe comes when the readings stop, beats the minimum on time, and comes once', () => {
  const law = new ControlLaw({ ...cooling, minOnMs: 60_000, staleMs: 10_000 }, 0);
  law.measure(25, 1000, 1000);
  assert.equal(law.nextMs(), 11_000);
  assert.equal(law.decide(10_999), undefined);
  assert.equal(law.decide(11_000), 'off');
  assert.deepEqual([law.reason, law.stale], ['stale', true]);
  assert.equal(law.decide(12_000), undefined);
  assert.equal(law.nextMs(), Infinity);
});

it('the fail-safe comes where no reading ever did', () => {
  const law = new ControlLaw({ ...cooling, staleMs: 10_000 }, 500);
  assert.equal(law.decide(10_499), undefined);
  assert.equal(law.decide(10_500), 'off');
});

it('what was measured too long ago is no reading', () => {
  const law = new ControlLaw({ ...cooling, staleMs: 10_000 }, 0);
  assert.equal(law.measure(25, -1000, 9000), undefined);
  assert.equal(law.decide(10_000), 'off');
});

it('a delayed reading counts from when it was measured', () => {
  const law = new ControlLaw({ ...cooling, staleMs: 10_000 }, 0);
  law.measure(25, 2000, 6000);
  assert.equal(law.nextMs(), 12_000);
});

it('after the fail-safe the thresholds decide again, and between them the safe state stays', () => {
  const law = new ControlLaw({ ...cooling, staleMs: 10_000 }, 0);
  law.measure(25, 0, 0);
  law.decide(10_000);
  assert.equal(law.measure(23.5, 11_000, 11_000), undefined);
  assert.deepEqual([law.state, law.reason], ['off', 'threshold']);
  assert.equal(law.measure(24, 12_000, 12_000), 'on');
});

it('an override holds against the thresholds and the minimum times until it ends', () => {
  const law = new ControlLaw({ ...cooling, minOffMs: 60_000 }, 0);
  law.measure(20, 0, 0);
  assert.equal(law.override('on', 5000, 1000), 'on');
  assert.equal(law.measure(20, 2000, 2000), undefined);
  assert.equal(law.nextMs(), 5000);
  assert.equal(law.decide(5000), 'off');
  assert.equal(law.reason, 'threshold');
});

it('an override ends when the readings stop; one given while they are missing holds', () => {
  const law = new ControlLaw({ ...cooling, staleMs: 10_000 }, 0);
  law.measure(20, 0, 0);
  law.override('on', 60_000, 1000);
  assert.equal(law.decide(10_000), 'off');
  assert.equal(law.override('on', 60_000, 11_000), 'on');
  assert.equal(law.decide(59_999), undefined);
  assert.equal(law.decide(60_000), 'off');
});

it('goes on from the state before a restart: its minimum time, and its side of the hysteresis', () => {
  const law = new ControlLaw({ ...cooling, minOffMs: 60_000 }, 100_000);
  law.resume('off', 90_000);
  assert.equal(law.measure(25, 101_000, 101_000), undefined);
  assert.equal(law.decide(149_999), undefined);
  assert.equal(law.decide(150_000), 'on');
  const other = new ControlLaw(cooling, 0);
  other.resume('on', -5000);
  assert.equal(other.measure(23.5, 0, 0), undefined);
  assert.equal(other.state, 'on');
  other.resume('off', 0);
  assert.equal(other.state, 'on');
});

it('an override can be taken back', () => {
  const law = new ControlLaw(cooling, 0);
  law.measure(20, 0, 0);
  law.override('on', 60_000, 1000);
  assert.equal(law.override(undefined, 0, 2000), 'off');
});
