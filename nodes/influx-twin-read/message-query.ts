import type { Aggregate, Fill, HistoryQuery } from '../../lib/influx/history-query';
import type { DeleteRange } from '../../lib/influx/influx-dialect';
import { timeOf, type TimeInput } from '../../lib/influx/time-range';
import { isReading } from '../../lib/reading/reading';
import { TwinError } from '../../lib/reading/twin-error';
import type { OptionsOf } from '../common/definition';
import type { FlowMessage } from '../common/message';
import type { definition } from './options';

type Options = OptionsOf<typeof definition>;

/**
 * The history that a message asks for: the options, each of which the property of the same name overrides
 * (`measurement`, `field`, `tags`, `from`, `to`, `every`, `aggregate`, `fill`, `limit`).
 * @throws TwinError MESSAGE_PROPERTY
 */
export function historyQueryOf(options: Options, message: FlowMessage): HistoryQuery {
  const { aggregate, fill } = message;
  // What is no aggregate or fill the query itself refuses, with the list of those there are.
  const windowed = options.windowed || message.every !== undefined || aggregate !== undefined;
  const limit = (message.limit as number | undefined) ?? options.limit;
  const chosenFill = options.fill === 'number' ? options.fillNumber : options.fill;
  return {
    measurement: textIn(message, 'measurement') ?? options.measurement,
    field: fieldsIn(message) ?? options.field.split(',').map((name) => name.trim()),
    tags: tagsIn(message) ?? optionTags(options),
    start: momentIn(message, 'from') ?? options.from,
    stop: momentIn(message, 'to') ?? options.to,
    limit: limit === 0 ? undefined : limit,
    ...(windowed && {
      every: (message.every as string | number | undefined) ?? options.every,
      aggregate: (aggregate as Aggregate | undefined) ?? options.aggregate,
      fill: (fill as Fill | undefined) ?? chosenFill,
    }),
  };
}

/**
 * The range that a message asks to delete. Tags in it take the place of those of the options, so that `{}` means all.
 * @throws TwinError MESSAGE_PROPERTY, INFLUX_TIME_INVALID
 */
export function deleteRangeOf(options: Options, message: FlowMessage, nowMs: number): DeleteRange {
  // The options of a history are hidden, and at their defaults, where the node has a query of its own.
  if (options.query !== 'history' && (message.measurement === undefined || message.from === undefined)) {
    throw wrong('measurement and msg.from', 'given to delete, as the node has a query of its own');
  }
  const tags = Object.entries(tagsIn(message) ?? optionTags(options)).map(([tag, value]) => {
    if (typeof value !== 'string') throw wrong(`tags.${tag}`, 'one text: a deletion takes one value a tag');
    return [tag, value];
  });
  return {
    measurement: textIn(message, 'measurement') ?? options.measurement,
    tags: Object.fromEntries(tags) as Record<string, string>,
    startMs: timeOf(momentIn(message, 'from') ?? options.from, nowMs),
    stopMs: timeOf(momentIn(message, 'to') ?? options.to, nowMs),
  };
}

/** The text of a query of one's own, and the values that are bound to it. */
export function ownQueryOf(text: string, message: FlowMessage): { text: string; parameters: Record<string, unknown> } {
  const query = textIn(message, 'query') ?? text;
  if (query.trim() === '') throw wrong('query', 'a query, as the node has none');
  const { parameters = {} } = message;
  if (!isReading(parameters)) throw wrong('parameters', 'an object');
  return { text: query, parameters };
}

function optionTags({ tags }: Options): Record<string, string> {
  return Object.fromEntries(tags.map(({ tag, value }) => [tag, value]));
}

function textIn(message: FlowMessage, property: string): string | undefined {
  const value = message[property];
  if (value === undefined || typeof value === 'string') return value;
  throw wrong(property, 'a text');
}

function fieldsIn({ field }: FlowMessage): readonly string[] | undefined {
  if (field === undefined) return undefined;
  const names: unknown[] = Array.isArray(field) ? field : [field];
  if (names.every((name) => typeof name === 'string')) return names;
  throw wrong('field', 'a text or an array of texts');
}

function momentIn(message: FlowMessage, property: string): TimeInput | undefined {
  const value = message[property];
  if (value === undefined || typeof value === 'string' || typeof value === 'number' || value instanceof Date)
    return value;
  throw wrong(property, 'a moment: ms since 1970, ISO 8601 text, a Date, now, or -10h');
}

function tagsIn({ tags }: FlowMessage): Record<string, string | readonly string[]> | undefined {
  if (tags === undefined) return undefined;
  if (!isReading(tags)) throw wrong('tags', 'an object');
  for (const [tag, value] of Object.entries(tags)) {
    const values: unknown[] = Array.isArray(value) ? value : [value];
    if (!values.every((each) => typeof each === 'string')) throw wrong(`tags.${tag}`, 'a text or an array of texts');
  }
  return tags as Record<string, string | readonly string[]>;
}

const wrong = (property: string, expected: string): TwinError =>
  new TwinError('MESSAGE_PROPERTY', `msg.${property} must be ${expected}`);
