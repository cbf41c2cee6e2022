import { readFileSync } from 'node:fs';
import { join } from 'node:path';

const escape = (text) => String(text).replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');

/**
 * The help of a node in a language: what was written by hand, with the list of options where `<!-- options -->` stands,
 * and a text that several nodes share where `<!-- common NAME -->` does.
 */
export function help(root, language, definition, catalogue) {
  const { type } = definition;
  const file = join(root, 'nodes', type, 'locales', language, `${type}.html`);
  const text = readFileSync(file, 'utf8');
  if (!text.includes('<!-- options -->')) throw new Error(`${file}: no place for <!-- options -->`);
  const list = optionList(definition, catalogue[type], catalogue.common);
  const whole = text
    .replaceAll(/<!-- common ([\w-]+) -->/g, (_, name) => shared(root, language, name))
    .replace('<!-- options -->', () => list);
  return `<script type="text/html" data-help-name="${type}">\n${whole}</script>\n`;
}

const shared = (root, language, name) =>
  readFileSync(join(root, 'nodes', 'common', 'locales', language, `${name}.html`), 'utf8').trim();

function optionList({ options }, own, common) {
  const items = Object.entries(options).map(([name, option]) => {
    const { label, hint } = own.option[name];
    return `<dt>${escape(label)} <span class="property-type">${kindText(option)}</span></dt>\n<dd>${escape(hint)}${facts(option, options, own, common)}</dd>`;
  });
  return `<h3>${escape(common.help.options)}</h3>\n<dl class="message-properties">\n${items.join('\n')}\n</dl>`;
}

function kindText(option) {
  if (option.kind === 'number') return option.unit ?? 'number';
  return option.kind === 'config' ? option.of : option.kind;
}

function facts(option, options, own, common) {
  const parts = [];
  if (option.kind === 'secret') parts.push(escape(common.help.secret));
  if (option.kind === 'number') parts.push(`${option.min} … ${option.max}`);
  if (['text', 'number', 'choice', 'switch'].includes(option.kind) && option.default !== '')
    parts.push(`${escape(common.help.default)} <code>${escape(option.default)}</code>`);
  for (const [name, values] of Object.entries(option.when ?? {})) {
    const shown = values.map((value) => own.option[name]?.choice?.[value] ?? own.option[name]?.label ?? value);
    const text =
      options[name].kind === 'switch' ? own.option[name].label : `${own.option[name].label}: ${shown.join(', ')}`;
    parts.push(escape(common.help.only.replace('__condition__', text)));
  }
  return parts.length ? ` (${parts.join('; ')})` : '';
}
