import { shown } from '../reading/shown';
import { TwinError } from '../reading/twin-error';
import { timeOf } from './time-range';

/**
 * Values for a Flux query, bound as the record `params`: they travel as a syntax tree beside the query (`extern`, as
 * InfluxDB's own user interface binds its variables), so that no text of theirs is ever parsed. Shapes: Flux's syntax
 * tree in JSON (libflux, `ast`).
 */
export type FluxParameters = Readonly<Record<string, unknown>>;

interface FluxNode {
  readonly type: string;
  readonly [property: string]: unknown;
}

const DURATION = /^(-?)((?:\d+(?:ns|us|ms|s|m|h|d|w|mo|y))+)$/;

/**
 * The `extern` file that defines `params`. A whole number becomes an integer, any other a float, a Date a time; what
 * is meant otherwise is written `{ type, value }` with type float, integer, string, boolean, time or duration (`-10h`).
 *
 * @throws TwinError INFLUX_PARAMETER_INVALID, INFLUX_TIME_INVALID
 */
export function externOf(parameters: FluxParameters, nowMs: number): FluxNode {
  const properties = Object.entries(parameters).map(([name, value]) => {
    if (!/^[A-Za-z_]\w*$/.test(name)) throw invalid(name, 'its name is no Flux identifier');
    return { type: 'Property', key: { type: 'Identifier', name }, value: expressionOf(value, name, nowMs) };
  });
  const init = { type: 'ObjectExpression', properties };
  const assignment = { type: 'VariableAssignment', id: { type: 'Identifier', name: 'params' }, init };
  return { type: 'File', package: null, imports: null, body: [{ type: 'OptionStatement', assignment }] };
}

function expressionOf(value: unknown, name: string, nowMs: number): FluxNode {
  if (typeof value === 'string') return { type: 'StringLiteral', value };
  if (typeof value === 'boolean') return { type: 'BooleanLiteral', value };
  if (typeof value === 'bigint' || Number.isSafeInteger(value)) return { type: 'IntegerLiteral', value: String(value) };
  if (typeof value === 'number' && Number.isFinite(value)) return { type: 'FloatLiteral', value };
  if (value instanceof Date) return timeLiteral(value, nowMs);
  if (Array.isArray(value)) {
    return { type: 'ArrayExpression', elements: value.map((element) => expressionOf(element, name, nowMs)) };
  }
  if (typeof value === 'object' && value !== null && 'type' in value && 'value' in value) {
    return typedExpression(value.type, value.value, name, nowMs);
  }
  throw invalid(name, 'it is neither text, a finite number, a boolean, a Date, an array of these nor { type, value }');
}

function typedExpression(type: unknown, value: unknown, name: string, nowMs: number): FluxNode {
  if (type === 'float' && typeof value === 'number' && Number.isFinite(value)) return { type: 'FloatLiteral', value };
  if (type === 'integer' && Number.isSafeInteger(value)) return { type: 'IntegerLiteral', value: String(value) };
  if (type === 'string' && typeof value === 'string') return { type: 'StringLiteral', value };
  if (type === 'boolean' && typeof value === 'boolean') return { type: 'BooleanLiteral', value };
  if (type === 'time') return timeLiteral(value, nowMs);
  if (type === 'duration' && typeof value === 'string') return durationLiteral(value, name);
  throw invalid(name, `{ type, value } does not fit: type is ${shown(type)}`);
}

function timeLiteral(value: unknown, nowMs: number): FluxNode {
  return { type: 'DateTimeLiteral', value: new Date(timeOf(value, nowMs)).toISOString() };
}

function durationLiteral(text: string, name: string): FluxNode {
  const [, sign, spans] = DURATION.exec(text) ?? [];
  if (spans === undefined) throw invalid(name, `"${text}" is no duration such as 1h30m or -10h`);
  const values = Array.from(spans.matchAll(/(\d+)([a-z]+)/g), ([, count, unit]) => ({
    magnitude: Number(count),
    unit,
  }));
  const literal = { type: 'DurationLiteral', values };
  return sign ? { type: 'UnaryExpression', operator: '-', argument: literal } : literal;
}

const invalid = (name: string, why: string): TwinError =>
  new TwinError('INFLUX_PARAMETER_INVALID', `query parameter "${name}" cannot be bound: ${why}`);
