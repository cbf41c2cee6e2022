import assert from 'node:assert/strict';
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, it } from 'node:test';
import type { NodeDefinition } from '../../nodes/common/definition';

const root = resolve(__dirname, '../..');
const languages = ['en-US', 'de'];
const types = readdirSync(join(root, 'nodes')).filter((name) => existsSync(join(root, 'nodes', name, 'options.ts')));

const read = (...parts: string[]): string => readFileSync(join(root, 'nodes', ...parts), 'utf8');
const definitionOf = (type: string): NodeDefinition =>
  (require(join(root, 'nodes', type, 'options')) as { definition: NodeDefinition }).definition;

/** The dotted paths of all texts of a catalogue. */
function paths(catalogue: unknown, prefix = ''): string[] {
  if (typeof catalogue !== 'object' || catalogue === null) return [prefix];
  return Object.entries(catalogue).flatMap(([key, value]) => paths(value, prefix ? `${prefix}.${key}` : key));
}

/** The words that a definition needs, whatever the adapter says besides. */
function needed({ outputs, options }: NodeDefinition): string[] {
  const words = ['label', ...outputs.map(({ name }) => `output.${name}`)];
  for (const [name, option] of Object.entries(options)) {
    words.push(`option.${name}.label`, `option.${name}.hint`);
    if (option.section) words.push(`section.${option.section}`);
    if (option.kind === 'choice') words.push(...option.choices.map((choice) => `option.${name}.choice.${choice}`));
    if (option.kind !== 'table') continue;
    for (const [key, column] of Object.entries(option.columns)) {
      words.push(`option.${name}.column.${key}`);
      if (column.kind === 'choice') words.push(...column.choices.map((choice) => `option.${name}.choice.${choice}`));
    }
  }
  return [...new Set(words)].sort();
}

/** The keys that a source file asks for by `context.word('…')` or `node._('…')`, as far as they are literal. */
function asked(source: string): string[] {
  return [...source.matchAll(/\.word\(\s*'([^']+)'/g)].map((match) => match[1] ?? '');
}

for (const type of types) {
  describe(`words of ${type}`, () => {
    for (const language of languages) {
      const catalogue = JSON.parse(read(type, 'locales', language, `${type}.json`)) as Record<string, unknown>;
      const shared = JSON.parse(read('common', 'locales', language, 'common.json')) as Record<string, unknown>;
      const have = paths(catalogue).sort();
      const offered = [...have, ...paths({ option: shared['option'], section: shared['section'] })];

      it(`${language} has every word that the options need`, () => {
        assert.deepEqual(
          needed(definitionOf(type)).filter((word) => !offered.includes(word)),
          [],
        );
      });

      it(`${language} has no word of an option, output or section that is not there`, () => {
        const known = needed(definitionOf(type));
        assert.deepEqual(
          have.filter((word) => /^(option|output|section)\./.test(word) && !known.includes(word)),
          [],
        );
      });

      it(`${language} has every word that the code asks for`, () => {
        const common = paths({ common: shared });
        const files = readdirSync(join(root, 'nodes', type)).filter((file) => file.endsWith('.ts'));
        const missing = files
          .flatMap((file) => asked(read(type, file)))
          .filter((key) => !(key.startsWith('common.') ? common : have).includes(key));
        assert.deepEqual(missing, []);
      });

      it(`${language} help has a place for the list of options`, () => {
        assert.match(read(type, 'locales', language, `${type}.html`), /<!-- options -->/);
      });
    }

    it('has the same words in every language', () => {
      const [first, ...others] = languages.map((language) =>
        paths(JSON.parse(read(type, 'locales', language, `${type}.json`))).sort(),
      );
      for (const other of others) assert.deepEqual(other, first);
    });
  });
}

it('the common words are the same in every language', () => {
  const [first, ...others] = languages.map((language) =>
    paths(JSON.parse(read('common', 'locales', language, 'common.json'))).sort(),
  );
  for (const other of others) assert.deepEqual(other, first);
});

it('a status fits under a node in every language', () => {
  for (const language of languages) {
    const common = JSON.parse(read('common', 'locales', language, 'common.json')) as Record<
      string,
      Record<string, string>
    >;
    const texts = [...Object.values(common['status'] ?? {}), ...Object.values(common['trouble'] ?? {})];
    for (const type of types) {
      const own = JSON.parse(read(type, 'locales', language, `${type}.json`)) as { status?: Record<string, string> };
      texts.push(...Object.values(own.status ?? {}));
    }
    assert.deepEqual(
      texts.filter((text) => text.replace(/__\w+?__/g, '9999').length > 24),
      [],
      language,
    );
  }
});

it("values stand where Node-RED's catalogues expect them: __name__, not {{name}}", () => {
  const folders = ['common', ...types].flatMap((type) => languages.map((language) => [type, language] as const));
  const wrong = folders.filter(([type, language]) => read(type, 'locales', language, `${type}.json`).includes('{{'));
  assert.deepEqual(wrong, []);
});
