import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** The languages that every word exists in; the first is what Node-RED falls back to. */
export const languages = ['en-US', 'de'];

/**
 * The catalogue of a node in a language: its own words, and the ones that all nodes share under `common`. Words of an
 * option or a section that several nodes have in common stand there once.
 */
export function words(root, language, { type, options }) {
  const file = join(root, 'nodes', type, 'locales', language, `${type}.json`);
  if (!existsSync(file)) throw new Error(`nodes/${type}/locales/${language}/${type}.json is missing`);
  const own = JSON.parse(readFileSync(file, 'utf8'));
  const { option, section, ...common } = JSON.parse(
    readFileSync(join(root, 'nodes/common/locales', language, 'common.json'), 'utf8'),
  );
  for (const [name, { section: heading }] of Object.entries(options)) {
    if (option[name] && !own.option?.[name]) (own.option ??= {})[name] = option[name];
    if (section[heading] && !own.section?.[heading]) (own.section ??= {})[heading] = section[heading];
  }
  return { [type]: own, common };
}
