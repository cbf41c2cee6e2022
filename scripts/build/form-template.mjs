import { hasConditionalOutputs } from './editor-script.mjs';

const ICONS = {
  text: 'fa-pencil',
  number: 'fa-hashtag',
  choice: 'fa-list-ul',
  secret: 'fa-lock',
  config: 'fa-server',
  table: 'fa-table',
};

const STYLE = `<style>
.twin-form .form-row > label { width: 130px; }
.twin-form .form-row > input[type='text'], .twin-form .form-row > input[type='password'], .twin-form .form-row > select, .twin-form .form-row > textarea { width: calc(100% - 140px); }
.twin-form .form-row > input.twin-number { width: 120px; }
.twin-form .form-row > label.twin-switch { width: auto; margin-left: 134px; }
.twin-form .form-row > label.twin-switch input { width: auto; margin: 0 6px 0 0; vertical-align: baseline; }
.twin-form .twin-section { margin: 18px 0 8px; padding-top: 10px; border-top: 1px solid var(--red-ui-secondary-border-color, #ddd); font-weight: 600; }
.twin-form .twin-unit { margin-left: 6px; opacity: 0.7; }
.twin-test-good { color: var(--red-ui-text-color-success, #287028); } .twin-test-bad { color: var(--red-ui-text-color-error, #ad1625); }
</style>`;

/** The edit dialog of a node: one row for each option, in the order of the definition, grouped by section. */
export function formTemplate(definition) {
  const { type, role, options } = definition;
  const prefix = role === 'config' ? 'node-config-input' : 'node-input';
  const rows = [nameRow(prefix)];
  const sections = [undefined, ...new Set(Object.values(options).flatMap(({ section }) => section ?? []))];
  for (const section of sections) {
    if (section) rows.push(`<h4 class="twin-section" data-i18n="${type}.section.${section}"></h4>`);
    for (const [name, option] of Object.entries(options)) {
      if (option.section === section) rows.push(optionRow(type, prefix, name, option));
    }
  }
  const html = rows.join('\n');
  const outputs = hasConditionalOutputs(definition) ? '\n<input type="hidden" id="node-input-outputs" />' : '';
  const test = definition.connectionTest ? `\n${testRow(type)}` : '';
  return `<script type="text/html" data-template-name="${type}">\n${STYLE}\n<div class="twin-form">\n${html}${test}${outputs}\n</div>\n</script>\n`;
}

const nameRow = (prefix) =>
  `<div class="form-row"><label for="${prefix}-name"><i class="fa fa-tag"></i> <span data-i18n="common.name"></span></label>
<input type="text" id="${prefix}-name" data-i18n="[placeholder]common.name" /></div>`;

const testRow = (type) =>
  `<div class="form-row"><label></label><button type="button" class="red-ui-button" id="twin-test-${type}"><i class="fa fa-plug"></i> <span data-i18n="common.test.button"></span></button>
<span id="twin-test-${type}-answer" style="margin-left: 10px" role="status"></span></div>`;

function optionRow(type, prefix, name, option) {
  const id = `${prefix}-${name}`;
  const word = `${type}.option.${name}`;
  const icon = `<i class="fa ${option.icon ?? ICONS[option.kind]}"></i>`;
  const label = `<label for="${id}" data-i18n="[title]${word}.hint">${icon} <span data-i18n="${word}.label"></span></label>`;
  return `<div class="form-row" data-twin-row="${type}.${name}">${row(id, word, label, option)}</div>`;
}

function row(id, word, label, option) {
  switch (option.kind) {
    case 'switch':
      return `<label class="twin-switch" data-i18n="[title]${word}.hint"><input type="checkbox" id="${id}" /><span data-i18n="${word}.label"></span></label>`;
    case 'choice':
      return `${label}\n<select id="${id}">${option.choices
        .map((choice) => `<option value="${choice}" data-i18n="${word}.choice.${choice}"></option>`)
        .join('')}</select>`;
    case 'number':
      return `${label}\n<input type="text" inputmode="decimal" class="twin-number" id="${id}" />${option.unit ? `<span class="twin-unit">${option.unit}</span>` : ''}`;
    case 'secret':
      return `${label}\n<input type="${option.visible ? 'text' : 'password'}" id="${id}" autocomplete="off" />`;
    case 'table':
      return `${label}\n<ol id="${id}-list"></ol>`;
    case 'text':
      return option.multiline
        ? `${label}\n<textarea id="${id}" rows="4"></textarea>`
        : `${label}\n<input type="text" id="${id}" />`;
    default:
      return `${label}\n<input type="text" id="${id}" />`;
  }
}
