import assert from 'node:assert/strict';
import { it } from 'node:test';
import { WordTemplates } from '../../nodes/common/word-templates';

function catalogue(): { words: WordTemplates; asked: () => number } {
  let asked = 0;
  const texts: Record<string, string> = { lag: 'lag __count__', pair: '__b__ of __a__, $& __b__', plain: 'connected' };
  const words = new WordTemplates((path, params) => {
    asked++;
    if (typeof params['count'] === 'number') return params['count'] === 1 ? 'one' : `${params['count']} of them`;
    return (texts[path] ?? path).replace(/__(\w+)__/g, (_, name: string) => String(params[name]));
  });
  return { words, asked: () => asked };
}

it('fills in the parameters of each call, and asks the catalogue once', () => {
  const { words, asked } = catalogue();
  for (const count of ['0', '12', '$1', '__a__']) assert.equal(words.fill('lag', { count }), `lag ${count}`);
  for (const a of [1, 2]) assert.equal(words.fill('pair', { a, b: 'x' }), `x of ${a}, $& x`);
  for (let i = 0; i < 2; i++) assert.equal(words.fill('plain', {}), 'connected');
  assert.equal(asked(), 3);
});

it('leaves the choice between singular and plural to the catalogue', () => {
  const { words } = catalogue();
  assert.deepEqual(
    [1, 2, 1].map((count) => words.fill('lag', { count })),
    ['one', '2 of them', 'one'],
  );
});
