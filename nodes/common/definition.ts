/**
 * How a node describes itself: one `options.ts` per node, read by the runtime (resolve-options), by the build (form
 * rows, `defaults`, validators, option tables) and by the tests of the words. No Node.js, no DOM, no Node-RED in here.
 */

/** An option or an output applies only while every named option has one of the listed values. */
export type Condition = Readonly<Record<string, readonly (string | boolean)[]>>;

interface OptionBase {
  /** The release that brought the option. */
  readonly since: string;
  readonly when?: Condition;
  /** Font Awesome name of the row's icon, such as `fa-clock-o`; each kind has its own by default. */
  readonly icon?: string;
  /** Heading under which the form shows the row; rows without one come first. */
  readonly section?: string;
}

export interface TextOption extends OptionBase {
  readonly kind: 'text';
  readonly default: string;
  readonly required?: boolean;
  /** Source of a regular expression that the whole value must match. */
  readonly pattern?: string;
  readonly maxLength?: number;
  readonly multiline?: boolean;
}
export interface NumberOption extends OptionBase {
  readonly kind: 'number';
  readonly default: number;
  readonly min: number;
  readonly max: number;
  /** Only whole numbers. */
  readonly integer?: boolean;
  /** Shown behind the field: `ms`, `s`, `bytes` … */
  readonly unit?: string;
}
export interface ChoiceOption extends OptionBase {
  readonly kind: 'choice';
  readonly default: string;
  readonly choices: readonly string[];
}
export interface SwitchOption extends OptionBase {
  readonly kind: 'switch';
  readonly default: boolean;
}
/** Kept among Node-RED's credentials: encrypted at rest, never in an exported flow. */
export interface SecretOption extends OptionBase {
  readonly kind: 'secret';
  /** A user name is kept with the password but may be shown while it is typed. */
  readonly visible?: boolean;
}
/** The id of a config node; of several types when `of` names the first and the form offers only that one. */
export interface ConfigOption extends OptionBase {
  readonly kind: 'config';
  readonly of: string;
  readonly required: boolean;
}
type Column<O> = Omit<O, keyof OptionBase> & {
  /** Share of the row's width, relative to the other columns (1 by default). */
  readonly width?: number;
};
export type ColumnOption = Column<TextOption> | Column<NumberOption> | Column<ChoiceOption>;
/** Rows of a mapping table, saved as an array of objects. */
export interface TableOption extends OptionBase {
  readonly kind: 'table';
  readonly columns: Readonly<Record<string, ColumnOption>>;
  readonly default: readonly Readonly<Record<string, string | number>>[];
  readonly maxRows: number;
}
export type Option =
  TextOption | NumberOption | ChoiceOption | SwitchOption | SecretOption | ConfigOption | TableOption;

export interface OutputPort {
  readonly name: string;
  readonly when?: Condition;
}

export interface NodeDefinition {
  readonly type: string;
  readonly role: 'node' | 'config';
  /** Fill on the canvas, `#rrggbb`; nodes only. */
  readonly color?: string;
  readonly inputs: 0 | 1;
  /** Ports in order from top to bottom; those whose condition fails are not there. */
  readonly outputs: readonly OutputPort[];
  /** Icon and label on the right side: for nodes that end a flow. */
  readonly align?: 'right';
  /** The option whose value labels a node without a name. */
  readonly labelBy?: string;
  /** Config nodes: the form has a *Test connection* button, answered by the runtime. */
  readonly connectionTest?: boolean;
  readonly options: Readonly<Record<string, Option>>;
}

type CellValue<O> = O extends { kind: 'number' }
  ? number
  : O extends { kind: 'choice'; choices: readonly (infer C)[] }
    ? C
    : string;
type OptionValue<O> = O extends { kind: 'table'; columns: infer C }
  ? readonly { readonly [K in keyof C]: CellValue<C[K]> }[]
  : O extends { kind: 'number' }
    ? number
    : O extends { kind: 'switch' }
      ? boolean
      : O extends { kind: 'choice'; choices: readonly (infer C)[] }
        ? C
        : string;

/** The resolved options of a definition: every option present, typed, within its limits; secrets are apart. */
export type OptionsOf<D extends NodeDefinition> = {
  readonly [K in keyof D['options'] as D['options'][K] extends { kind: 'secret' } ? never : K]: OptionValue<
    D['options'][K]
  >;
};
/** The secrets of a definition; an empty one is absent. */
export type SecretsOf<D extends NodeDefinition> = {
  readonly [K in keyof D['options'] as D['options'][K] extends { kind: 'secret' } ? K : never]?: string;
};
/** The names of a definition's outputs. */
export type PortOf<D extends NodeDefinition> = D['outputs'][number]['name'];

/** Keeps the literal types of a definition, so that `OptionsOf` can be derived from it. */
export function defineNode<const D extends NodeDefinition>(definition: D): D {
  return definition;
}

/** Whether a condition holds for values as saved or as resolved (a switch may come as text). */
export function holds(condition: Condition | undefined, values: Readonly<Record<string, unknown>>): boolean {
  if (!condition) return true;
  return Object.entries(condition).every(([name, allowed]) =>
    allowed.some((value) => value === values[name] || String(value) === String(values[name])),
  );
}

/** The outputs that a node has under the given values, in order. */
export function portsOf<D extends NodeDefinition>(
  definition: D,
  values: Readonly<Record<string, unknown>>,
): readonly PortOf<D>[] {
  return definition.outputs.filter(({ when }) => holds(when, values)).map(({ name }) => name);
}

/** The value of an option before a user has touched it. */
export function defaultOf(option: Option): string | number | boolean | TableOption['default'] {
  return option.kind === 'secret' || option.kind === 'config' ? '' : option.default;
}
