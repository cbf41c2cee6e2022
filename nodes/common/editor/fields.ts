import type { NodeDefinition, Option } from '../definition';

/** The id that Node-RED expects of the field of an option. */
export function fieldId({ role }: NodeDefinition, name: string): string {
  return `${role === 'config' ? 'node-config-input' : 'node-input'}-${name}`;
}

/** What a field of the open form holds now. */
export function fieldValue(definition: NodeDefinition, name: string, kind: Option['kind']): unknown {
  const field = $(`#${fieldId(definition, name)}`);
  return kind === 'switch' ? field.prop('checked') : field.val();
}

/** Puts a value into a field of the open form. */
export function setField(definition: NodeDefinition, name: string, value: unknown): void {
  const field = $(`#${fieldId(definition, name)}`);
  if (typeof value === 'boolean') field.prop('checked', value);
  else field.val(String(value));
}
