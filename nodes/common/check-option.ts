import type { ColumnOption, Option } from './definition';

/** Why a value cannot be used: a key under `common.check` in the words, and what the sentence needs. */
export interface Complaint {
  readonly key: 'required' | 'number' | 'integer' | 'range' | 'choice' | 'pattern' | 'length' | 'rows' | 'row';
  readonly params: Readonly<Record<string, string | number>>;
}

const ENVIRONMENT = /^\$\{[A-Za-z_][A-Za-z0-9_]*\}$/;

/** True for `${NAME}`: Node-RED puts the variable's value in its place when the flow starts. */
export const isEnvironmentReference = (value: unknown): boolean => typeof value === 'string' && ENVIRONMENT.test(value);

/**
 * Checks one value as the editor's field or the saved flow holds it (numbers may be text). One rule for both sides, so
 * that the editor never lets pass what the runtime refuses.
 * @returns undefined when the value is good
 */
export function checkOption(option: Option | ColumnOption, value: unknown): Complaint | undefined {
  if (isEnvironmentReference(value)) return undefined;
  switch (option.kind) {
    case 'text':
      return checkText(option, value);
    case 'number':
      return checkNumber(option, value);
    case 'choice':
      return option.choices.includes(String(value))
        ? undefined
        : { key: 'choice', params: { choices: option.choices.join(', '), got: String(value) } };
    case 'config':
      return option.required && (value === '' || value === undefined || value === '_ADD_')
        ? { key: 'required', params: {} }
        : undefined;
    case 'table':
      return checkTable(option, value);
    case 'switch':
    case 'secret':
      return undefined;
  }
}

function checkText(option: Extract<Option | ColumnOption, { kind: 'text' }>, value: unknown): Complaint | undefined {
  const text = typeof value === 'string' || typeof value === 'number' ? String(value) : '';
  if (text.trim() === '') return option.required ? { key: 'required', params: {} } : undefined;
  if (option.maxLength !== undefined && text.length > option.maxLength)
    return { key: 'length', params: { max: option.maxLength, got: text.length } };
  if (option.pattern !== undefined && !new RegExp(`^(?:${option.pattern})$`, 'u').test(text))
    return { key: 'pattern', params: { got: text } };
  return undefined;
}

function checkNumber(
  option: Extract<Option | ColumnOption, { kind: 'number' }>,
  value: unknown,
): Complaint | undefined {
  const number = typeof value === 'string' && value.trim() !== '' ? Number(value) : value;
  if (typeof number !== 'number' || !Number.isFinite(number)) return { key: 'number', params: { got: String(value) } };
  if (option.integer && !Number.isInteger(number)) return { key: 'integer', params: { got: number } };
  if (number < option.min || number > option.max)
    return { key: 'range', params: { min: option.min, max: option.max, got: number } };
  return undefined;
}

function checkTable(option: Extract<Option, { kind: 'table' }>, value: unknown): Complaint | undefined {
  if (!Array.isArray(value)) return { key: 'rows', params: { max: option.maxRows } };
  if (value.length > option.maxRows) return { key: 'rows', params: { max: option.maxRows } };
  for (const [index, row] of (value as Record<string, unknown>[]).entries()) {
    for (const [name, column] of Object.entries(option.columns)) {
      if (checkOption(column, row?.[name] ?? column.default))
        return { key: 'row', params: { row: index + 1, column: name, got: String(row?.[name]) } };
    }
  }
  return undefined;
}
