import { TwinError } from '../../lib/reading/twin-error';
import { checkOption } from './check-option';
import { type ColumnOption, type NodeDefinition, type Option, type OptionsOf, defaultOf, holds } from './definition';

/**
 * Saved flow JSON (text, numbers as text, absent or empty values) to typed options, in one pass when the node starts.
 * An absent value becomes the default; an option that does not apply is not checked.
 * @throws TwinError OPTION_INVALID naming the option, what was expected and what was found
 */
export function resolveOptions<D extends NodeDefinition>(
  definition: D,
  saved: Readonly<Record<string, unknown>>,
): OptionsOf<D> {
  const values: Record<string, unknown> = {};
  for (const [name, option] of Object.entries(definition.options)) {
    if (option.kind !== 'secret') values[name] = present(option, saved[name]) ? saved[name] : defaultOf(option);
  }
  const resolved: Record<string, unknown> = {};
  for (const [name, option] of Object.entries(definition.options)) {
    if (option.kind === 'secret') continue;
    if (!holds(option.when, values)) {
      resolved[name] = convert(option, defaultOf(option));
      continue;
    }
    const complaint = checkOption(option, values[name]);
    if (complaint) {
      const got = 'got' in complaint.params ? `, got "${complaint.params['got']}"` : '';
      throw new TwinError(
        'OPTION_INVALID',
        `${definition.type}: option "${name}" must be ${expected(option)}${got}; open the node and correct it`,
        { facts: { option: name } },
      );
    }
    resolved[name] = convert(option, values[name]);
  }
  return Object.freeze(resolved) as OptionsOf<D>;
}

/** An empty text is a value only where text is what the option holds. */
function present(option: Option, value: unknown): boolean {
  if (value === undefined || value === null) return false;
  return value !== '' || option.kind === 'text' || option.kind === 'config';
}

function convert(option: Option | ColumnOption, value: unknown): unknown {
  switch (option.kind) {
    case 'number':
      return Number(value);
    case 'switch':
      return value === true || value === 'true';
    case 'table':
      return (value as Record<string, unknown>[]).map((row) =>
        Object.freeze(
          Object.fromEntries(
            Object.entries(option.columns).map(([name, column]) => [
              name,
              convert(column, row[name] === undefined || row[name] === '' ? column.default : row[name]),
            ]),
          ),
        ),
      );
    case 'text':
    case 'choice':
    case 'config':
    case 'secret':
      return String(value);
  }
}

function expected(option: Option): string {
  switch (option.kind) {
    case 'number':
      return `${option.integer ? 'a whole number' : 'a number'} from ${option.min} to ${option.max}${option.unit ? ` ${option.unit}` : ''}`;
    case 'choice':
      return `one of ${option.choices.join(', ')}`;
    case 'table':
      return `a table of at most ${option.maxRows} rows with ${Object.keys(option.columns).join(', ')}`;
    case 'config':
      return `set to a ${option.of}`;
    case 'text':
      return option.pattern ? `text like ${option.pattern}` : 'filled in';
    case 'switch':
    case 'secret':
      return 'valid';
  }
}
