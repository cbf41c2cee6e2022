import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { build } from 'esbuild';

/**
 * The editor's half of a node: a literal `RED.nodes.registerType(…)` made from the definition (Node-RED's own tools
 * read it as text), bundled with the form code. Not minified, for the same reason.
 */
export async function editorScript(root, definition) {
  const { type } = definition;
  const folder = join(root, 'nodes', type);
  const hooks = existsSync(join(folder, 'editor.ts')) ? `import { hooks } from './editor';` : 'const hooks = {};';
  const { outputFiles } = await build({
    absWorkingDir: root,
    stdin: {
      contents: `
import { NodeForm } from '../common/editor/form';
import { definition } from './options';
${hooks}
const form = new NodeForm(definition, hooks);
${registration(definition)}`,
      resolveDir: folder,
      loader: 'ts',
      sourcefile: `${type}.editor.ts`,
    },
    bundle: true,
    write: false,
    format: 'iife',
    platform: 'browser',
    target: 'es2020',
    charset: 'utf8',
    logLevel: 'warning',
  });
  const script = outputFiles[0].text.trimEnd();
  if (!script.includes(`RED.nodes.registerType("${type}", {`))
    throw new Error(`${type}: the bundle lost its literal registerType`);
  return `<script type="text/javascript">\n${script}\n</script>\n`;
}

function registration(definition) {
  const { type, role } = definition;
  const credentials = credentialsText(definition);
  const lines = [
    role === 'config' ? `category: 'config'` : `category: 'digital twin'`,
    `defaults: {${defaultsText(definition)}}`,
    ...(credentials ? [`credentials: {${credentials}}`] : []),
    `label() { return form.label(this); }`,
    `oneditprepare() { form.prepare(this); }`,
    `oneditsave() { form.save(this); }`,
  ];
  if (role === 'node') {
    lines.push(
      `color: ${JSON.stringify(definition.color)}`,
      `icon: ${JSON.stringify(`${type}.svg`)}`,
      `inputs: ${definition.inputs}`,
      `outputs: ${initialOutputs(definition)}`,
      `paletteLabel() { return this._('${type}.label'); }`,
      `labelStyle() { return this.name ? 'node_label_italic' : ''; }`,
      `outputLabels(index) { return form.portLabel(this, index); }`,
    );
    if (definition.align) lines.push(`align: '${definition.align}'`);
  }
  return `RED.nodes.registerType(${JSON.stringify(type)}, {\n${lines.join(',\n')}\n});`;
}

function defaultsText(definition) {
  const entries = [`name: { value: '' }`];
  for (const [name, option] of Object.entries(definition.options)) {
    if (option.kind === 'secret') continue;
    const value = JSON.stringify(option.default ?? '');
    const validate = `validate: function (value, opt) { return form.validate(this, '${name}', value); }`;
    const config = option.kind === 'config' ? `type: '${option.of}', required: ${option.required}, ` : '';
    entries.push(
      option.kind === 'config'
        ? `${name}: { value: '', ${config.slice(0, -2)} }`
        : `${name}: { value: ${value}, ${validate} }`,
    );
  }
  if (hasConditionalOutputs(definition)) entries.push(`outputs: { value: ${initialOutputs(definition)} }`);
  return entries.join(',\n');
}

function credentialsText(definition) {
  return Object.entries(definition.options)
    .filter(([, { kind }]) => kind === 'secret')
    .map(([name, { visible }]) => `${name}: { type: '${visible ? 'text' : 'password'}' }`)
    .join(', ');
}

export const hasConditionalOutputs = ({ outputs }) => outputs.some(({ when }) => when);

/** How many outputs a node has when it is dragged from the palette. */
function initialOutputs({ options, outputs }) {
  const value = (name) => String(options[name]?.default ?? '');
  return outputs.filter(({ when = {} }) =>
    Object.entries(when).every(([name, allowed]) => allowed.map(String).includes(value(name))),
  ).length;
}
