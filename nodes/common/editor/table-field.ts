import type { ColumnOption, NodeDefinition, TableOption } from '../definition';
import type { EditedNode } from './form';
import { fieldId } from './fields';

type Row = Record<string, string | number>;

const listId = (definition: NodeDefinition, name: string): string => `#${fieldId(definition, name)}-list`;

/** Turns the list of a table option into rows of fields that can be added, sorted and removed. */
export function prepareTable(definition: NodeDefinition, name: string, option: TableOption, node: EditedNode): void {
  const columns = Object.entries(option.columns);
  const word = (key: string): string => node._(`${definition.type}.option.${name}.column.${key}`);
  const header = $('<div>').css({ display: 'flex', gap: '6px', paddingLeft: '28px', paddingRight: '32px' });
  for (const [key, column] of columns) $('<div>').css(width(column)).text(word(key)).appendTo(header);
  const list = $(listId(definition, name));
  list.editableList({
    header,
    sortable: true,
    removable: true,
    height: 'auto',
    addItem: (container: JQuery, _index: number, row: Row) => {
      const line = $('<div>').css({ display: 'flex', gap: '6px' }).appendTo(container);
      for (const [key, column] of columns) {
        field(definition, name, column, node)
          .attr('data-column', key)
          .attr('aria-label', word(key))
          .css({ width: '100%', minWidth: 0 })
          .val(row[key] ?? column.default)
          .appendTo($('<div>').css(width(column)).appendTo(line));
      }
    },
  });
  const saved = node[name];
  for (const row of Array.isArray(saved) ? (saved as Row[]) : option.default) list.editableList('addItem', { ...row });
}

/** The rows as they stand in the form; rows whose first cell is empty are left out. */
export function tableRows(definition: NodeDefinition, name: string, option: TableOption): Row[] {
  const rows: Row[] = [];
  const [first] = Object.keys(option.columns);
  $(listId(definition, name))
    .editableList('items')
    .each((_: number, item: HTMLElement) => {
      const row: Row = {};
      for (const [key, column] of Object.entries(option.columns)) {
        const text = String($(item).find(`[data-column="${key}"]`).val() ?? '').trim();
        row[key] = column.kind === 'number' && text !== '' && Number.isFinite(Number(text)) ? Number(text) : text;
      }
      if (first === undefined || row[first] !== '') rows.push(row);
    });
  return rows;
}

const width = (column: ColumnOption): Record<string, string | number> => ({
  flex: `${column.width ?? 1} 1 0`,
  minWidth: 0,
});

function field(definition: NodeDefinition, name: string, column: ColumnOption, node: EditedNode): JQuery {
  if (column.kind !== 'choice') return $('<input type="text">');
  const select = $('<select>');
  for (const choice of column.choices) {
    $('<option>')
      .val(choice)
      .text(node._(`${definition.type}.option.${name}.choice.${choice}`))
      .appendTo(select);
  }
  return select;
}
