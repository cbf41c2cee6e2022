import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ReadingTemplate } from '../../../lib/reading/reading-template';

test('a text without placeholders is the same for every reading', () => {
  const template = new ReadingTemplate('RealTime_Data');
  assert.deepEqual([template.fixed, template.outline, template.of({})], [true, 'RealTime_Data', 'RealTime_Data']);
});

test('a placeholder stands for the value under exactly that key', () => {
  const template = new ReadingTemplate('{Site}.{Wall1 Temperature}.{Source}');
  assert.deepEqual([template.fixed, template.outline], [false, 'x.x.x']);
  assert.equal(template.of({ Site: 'Füße', 'Wall1 Temperature': 21.5, Source: true }), 'Füße.21.5.true');
});

test('nothing is evaluated, and prototypes are not looked into', () => {
  assert.equal(new ReadingTemplate('a/{1 + 1}').of({ '1 + 1': 'b' }), 'a/b');
  for (const key of ['constructor', '__proto__', 'toString']) {
    assert.throws(() => new ReadingTemplate(`a/{${key}}`).of({}), { code: 'READING_TEMPLATE_VALUE' });
  }
});

test('a reading without a text, number or boolean there is refused, with the key and the value', () => {
  for (const [reading, said] of [
    [{}, /"Source" of the reading is missing/],
    [{ Source: null }, /is null/],
    [{ Source: '' }, /is ""/],
    [{ Source: {} }, /is \{\}/],
    [{ Source: ['x'] }, /is \["x"\]/],
  ] as const) {
    assert.throws(() => new ReadingTemplate('a/{Source}').of(reading), {
      code: 'READING_TEMPLATE_VALUE',
      message: said,
      facts: { key: 'Source' },
    });
  }
});

test('a brace without its partner is refused at once', () => {
  for (const bad of ['a/{Source', 'a/Source}', 'a/{}', '{a{b}}']) {
    assert.throws(() => new ReadingTemplate(bad), { code: 'READING_TEMPLATE' }, bad);
  }
});
