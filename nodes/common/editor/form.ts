import type { EditorRED } from 'node-red';
import { checkOption } from '../check-option';
import { type NodeDefinition, defaultOf, holds, portsOf } from '../definition';
import { addConnectionTest } from './connection-test-button';
import { fieldId, fieldValue, setField } from './fields';
import { OutputMap } from './output-map';
import { prepareTable, tableRows } from './table-field';

declare const RED: EditorRED;

/** A node as its edit dialog sees it. */
export interface EditedNode {
  readonly id: string;
  name: string;
  _(key: string, params?: Record<string, string | number>): string;
  [property: string]: unknown;
}

/** What an `editor.ts` adds to the form that its options make. */
export interface EditorHooks {
  prepare?(node: EditedNode): void;
  save?(node: EditedNode): void;
}

/** The behaviour of one node type's edit dialog, made from its definition. */
export class NodeForm {
  private outputs: OutputMap | undefined;

  constructor(
    private readonly definition: NodeDefinition,
    private readonly hooks: EditorHooks = {},
  ) {}

  label(node: EditedNode): string {
    const { type, labelBy } = this.definition;
    const by = labelBy === undefined ? undefined : node[labelBy];
    return node.name || (typeof by === 'string' && by !== '' ? by : node._(`${type}.label`));
  }

  /** The name of an output port, as its tooltip shows it. */
  portLabel(node: EditedNode, index: number): string {
    const port = portsOf(this.definition, node)[index];
    return port === undefined ? '' : node._(`${this.definition.type}.output.${port}`);
  }

  /** True, or the reason why the value of an option cannot be used. */
  validate(node: EditedNode, name: string, value: unknown): true | string {
    const option = this.definition.options[name];
    if (!option || !holds(option.when, this.withDefaults(node))) return true;
    const complaint = checkOption(option, value ?? defaultOf(option));
    if (!complaint) return true;
    const label = node._(`${this.definition.type}.option.${name}.label`);
    return `${label}: ${node._(`common.check.${complaint.key}`, complaint.params)}`;
  }

  prepare(node: EditedNode): void {
    this.fillIn(node);
    for (const [name, option] of Object.entries(this.definition.options)) {
      if (option.kind === 'table') prepareTable(this.definition, name, option, node);
    }
    if (this.definition.connectionTest) addConnectionTest(this.definition, node);
    this.outputs = new OutputMap(portsOf(this.definition, node));
    this.hooks.prepare?.(node);
    this.followConditions();
  }

  save(node: EditedNode): void {
    for (const [name, option] of Object.entries(this.definition.options)) {
      if (option.kind === 'table') node[name] = tableRows(this.definition, name, option);
    }
    this.hooks.save?.(node);
    this.outputs?.store(portsOf(this.definition, this.values()));
  }

  /** A node that was saved before an option existed runs with its default: the form shows the same. */
  private fillIn(node: EditedNode): void {
    for (const [name, option] of Object.entries(this.definition.options)) {
      if (node[name] !== undefined || option.kind === 'secret' || option.kind === 'config') continue;
      node[name] = defaultOf(option);
      if (option.kind !== 'table') setField(this.definition, name, defaultOf(option));
    }
  }

  private withDefaults(node: EditedNode): Record<string, unknown> {
    const missing = Object.entries(this.definition.options).filter(([name]) => node[name] === undefined);
    return { ...node, ...Object.fromEntries(missing.map(([name, option]) => [name, defaultOf(option)])) };
  }

  /** Shows the rows that apply, now and whenever an option that they depend on changes. */
  private followConditions(): void {
    const { options, outputs } = this.definition;
    const deciding = new Set([...Object.values(options), ...outputs].flatMap(({ when }) => Object.keys(when ?? {})));
    const update = (): void => {
      const values = this.values();
      for (const [name, { when }] of Object.entries(options)) {
        this.row(name).toggle(holds(when, values) && this.decidersShown(name, values));
      }
      $('#dialog-form .twin-section, #node-config-dialog-edit-form .twin-section').each((_, heading) => {
        const rows = $(heading).nextUntil('.twin-section', '.form-row');
        $(heading).toggle(rows.toArray().some((row) => row.style.display !== 'none'));
      });
      RED.tray.resize();
    };
    for (const name of deciding) $(`#${fieldId(this.definition, name)}`).on('change', update);
    update();
  }

  /** An option that hangs on a hidden one is hidden with it. */
  private decidersShown(name: string, values: Record<string, unknown>): boolean {
    return Object.keys(this.definition.options[name]?.when ?? {}).every((decider) => {
      const option = this.definition.options[decider];
      return !option || (holds(option.when, values) && this.decidersShown(decider, values));
    });
  }

  private row(name: string): JQuery {
    return $(`[data-twin-row="${this.definition.type}.${name}"]`);
  }

  private values(): Record<string, unknown> {
    return Object.fromEntries(
      Object.entries(this.definition.options)
        .filter(([, { kind }]) => kind !== 'table')
        .map(([name, { kind }]) => [name, fieldValue(this.definition, name, kind)]),
    );
  }
}
