import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** The languages that every word exists in; the first is what Node-RED falls back to. */
export const languages = ['en-US', 'de'];

/** The catalogue of a node in a language: its own words, and the ones that all nodes share under `common`. */
export function words(root, language, type) {
  const own = join(root, 'nodes', type, 'locales', language, `${type}.json`);
  if (!existsSync(own)) throw new Error(`nodes/${type}/locales/${language}/${type}.json is missing`);
  const common = join(root, 'nodes/common/locales', language, 'common.json');
  return { [type]: JSON.parse(readFileSync(own, 'utf8')), common: JSON.parse(readFileSync(common, 'utf8')) };
}
