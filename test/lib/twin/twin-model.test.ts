import assert from 'node:assert/strict';
import { it } from 'node:test';
import { TwinModel } from '../../../lib/twin/twin-model';
import type { TwinModelOptions } from '../../../lib/twin/twin-model-options';

const NOW = 1_700_000_000_000;
const DAY = 86_400_000;
const options: TwinModelOptions = {
  ...{ model: 'green-life', temperatureKey: 'Ambient Temperature', humidityKey: 'Ambient Humidity' },
  ...{ timeKey: 'MQTT_Timestamp', outputKey: '', days: 38, referenceC: 15, q10: 2, activationEnergy: 89_000 },
};
const reading = (more: object = {}): Record<string, unknown> => ({
  ...{ Source: 'room', 'Ambient Temperature': 15, 'Ambient Humidity': 50, MQTT_Timestamp: NOW - 10 * DAY, ...more },
});

it('follows the green life of each source by the readings own time', () => {
  const model = new TwinModel(options);
  assert.deepEqual(model.take(reading(), NOW), {
    step: 'advanced',
    outputs: { Current_Shelf_Life: 38, Chilling: false, Out_Of_Range: false },
  });
  model.take(reading({ Source: 'other', MQTT_Timestamp: NOW - 20 * DAY }), NOW);
  const { outputs } = model.take(reading({ MQTT_Timestamp: NOW - 9 * DAY }), NOW);
  assert.ok(Math.abs((outputs['Current_Shelf_Life'] as number) - 36.48) < 1e-9);
});

it('flags temperatures outside the fit, and chilling, and goes no lower than 0', () => {
  const model = new TwinModel({ ...options, days: 1 });
  model.take(reading(), NOW);
  const { outputs } = model.take(reading({ 'Ambient Temperature': 12.5, MQTT_Timestamp: NOW }), NOW);
  assert.deepEqual(outputs, { Current_Shelf_Life: 0, Chilling: true, Out_Of_Range: true });
});

it('a shelf life by Q10 runs down twice as fast at 10 °C more', () => {
  const model = new TwinModel({ ...options, model: 'q10' });
  model.take(reading({ 'Ambient Temperature': 25 }), NOW);
  const { outputs } = model.take(reading({ 'Ambient Temperature': 25, MQTT_Timestamp: NOW - 9 * DAY }), NOW);
  assert.deepEqual(outputs, { Current_Shelf_Life: 36 });
});

it('a shelf life by Arrhenius loses a day per day at the reference temperature', () => {
  const model = new TwinModel({ ...options, model: 'arrhenius' });
  model.take(reading(), NOW);
  assert.deepEqual(model.take(reading({ MQTT_Timestamp: NOW - 7 * DAY }), NOW).outputs, { Current_Shelf_Life: 35 });
});

it('absolute humidity and dew point need no time, and write under their own keys or the one given', () => {
  const timeless = reading({ 'Ambient Temperature': 20 });
  delete timeless['MQTT_Timestamp'];
  const humidity = new TwinModel({ ...options, model: 'absolute-humidity' }).take(timeless, NOW).outputs;
  assert.ok(Math.abs((humidity['Abs_Humidity'] as number) - 8.62) < 0.005);
  const dew = new TwinModel({ ...options, model: 'dew-point', outputKey: 'Dew' }).take(timeless, NOW).outputs;
  assert.ok(Math.abs((dew['Dew'] as number) - 9.26) < 0.005);
});

it('repeats and late readings gain nothing', () => {
  const model = new TwinModel(options);
  model.take(reading({ Sequence: 1 }), NOW);
  assert.deepEqual(model.take(reading({ Sequence: 1 }), NOW), { step: 'repeat', outputs: {} });
  model.take(reading({ Sequence: 3, MQTT_Timestamp: NOW - 8 * DAY }), NOW);
  const late = model.take(reading({ Sequence: 2, MQTT_Timestamp: NOW - 9 * DAY }), NOW);
  assert.deepEqual(late, { step: 'corrected', outputs: {} });
});

it('what cannot be used is refused and changes nothing, its sequence number neither', () => {
  const model = new TwinModel(options);
  model.take(reading({ Sequence: 1 }), NOW);
  const before = model.snapshot();
  for (const [more, code] of [
    [{ 'Ambient Temperature': '22' }, 'TWIN_VALUE'],
    [{ 'Ambient Temperature': undefined }, 'TWIN_VALUE'],
    [{ 'Ambient Temperature': 80 }, 'TWIN_TEMPERATURE'],
    [{ MQTT_Timestamp: 'now' }, 'TWIN_TIME'],
    [{ MQTT_Timestamp: NOW + 2 * 3_600_000 }, 'TWIN_TIME'],
  ] as const) {
    assert.throws(() => model.take(reading({ Sequence: 2, ...more }), NOW), { code });
  }
  assert.deepEqual(model.snapshot(), before);
  assert.equal(model.take(reading({ Sequence: 2, MQTT_Timestamp: NOW }), NOW).step, 'advanced');
});

it('goes on from a snapshot as if it had never stopped', () => {
  const model = new TwinModel(options);
  model.take(reading(), NOW);
  model.take(reading({ MQTT_Timestamp: NOW - 8 * DAY }), NOW);
  const other = new TwinModel(options);
  other.restore(JSON.parse(JSON.stringify(model.snapshot())));
  const next = reading({ MQTT_Timestamp: NOW - 7 * DAY, 'Ambient Temperature': 20 });
  assert.deepEqual(other.take(next, NOW), model.take(next, NOW));
});

it('a snapshot that is damaged, or of another model, costs only what cannot be read', () => {
  const lives = {
    good: { days: 5, timeMs: NOW - DAY, rate: 1.52, gaps: [{ fromMs: 1 }, null] },
    bad: { days: 'many', timeMs: 1, rate: 1, gaps: [] },
  };
  const model = new TwinModel(options);
  for (const json of [undefined, null, 7, [], { model: 'green-life' }, { model: 'q10', lives }]) model.restore(json);
  assert.equal(model.sources, 0);
  model.restore({ model: 'green-life', lives });
  assert.deepEqual(model.snapshot().lives, { good: { days: 5, timeMs: NOW - DAY, rate: 1.52, gaps: [] } });
});

it('remembers at most its number of sources, and forgets the one that was silent for longest', () => {
  const model = new TwinModel(options, 2);
  for (const Source of ['a', 'b', 'a', 'c']) model.take(reading({ Source }), NOW);
  assert.deepEqual(Object.keys(model.snapshot().lives), ['a', 'c']);
});

it('a reset begins anew, for one source or for all', () => {
  const model = new TwinModel(options);
  for (const Source of ['a', 'b']) model.take(reading({ Source }), NOW);
  model.reset('a');
  assert.deepEqual(Object.keys(model.snapshot().lives), ['b']);
  model.reset();
  assert.equal(model.sources, 0);
});

it('a life that is not above 0 is refused', () => {
  assert.throws(() => new TwinModel({ ...options, days: 0 }), { code: 'TWIN_OPTIONS' });
});
