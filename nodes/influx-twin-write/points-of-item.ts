import type { Point } from '../../lib/influx/point';
import { isPointInput, pointOf } from '../../lib/influx/point-input';
import { pointsOfReading, type PointMapping } from '../../lib/influx/point-mapping';
import { isReading } from '../../lib/reading/reading';
import { TwinError } from '../../lib/reading/twin-error';
import type { OptionsOf } from '../common/definition';
import type { FlowMessage } from '../common/message';
import { asReading } from '../common/readings-of';
import type { definition } from './options';

/** The mapping that a node's options describe. */
export function mappingOf(options: OptionsOf<typeof definition>): PointMapping {
  const tagsFrom = (from: string): Record<string, string> =>
    Object.fromEntries(options.tags.filter((row) => row.from === from).map(({ tag, value }) => [tag, value]));
  const timeKeys = options.timeKey.split(',').map((key) => key.trim());
  return {
    fields: options.fields === 'table' ? options.mapping : { allInto: options.measurement },
    tags: tagsFrom('text'),
    tagKeys: tagsFrom('key'),
    timeKeys: options.time === 'key' ? timeKeys.filter((key) => key !== '') : [],
  };
}

/**
 * The mapping for one message: `msg.measurement` in place of the option that all values go into, `msg.tags` added to
 * the tags.
 * @throws TwinError MESSAGE_PROPERTY
 */
export function mappingFor(mapping: PointMapping, { measurement, tags }: FlowMessage): PointMapping {
  let changed = mapping;
  if (measurement !== undefined && 'allInto' in mapping.fields) {
    if (typeof measurement !== 'string') throw wrong('measurement', 'a text');
    changed = { ...changed, fields: { allInto: measurement } };
  }
  if (tags !== undefined) {
    const given = tagsOf(tags);
    const kept = Object.entries(mapping.tagKeys ?? {}).filter(([tag]) => !(tag in given));
    changed = { ...changed, tags: { ...mapping.tags, ...given }, tagKeys: Object.fromEntries(kept) };
  }
  return changed;
}

function tagsOf(tags: unknown): Record<string, string> {
  if (!isReading(tags)) throw wrong('tags', 'an object of texts');
  return Object.fromEntries(
    Object.entries(tags).map(([tag, value]) => {
      if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean') {
        return [tag, String(value)];
      }
      throw wrong(`tags.${tag}`, 'a text, number or boolean');
    }),
  );
}

/**
 * The points of one item of a payload: a point given outright, or a reading by the mapping.
 * @throws TwinError INFLUX_…, READING_…
 */
export function pointsOfItem(item: unknown, mapping: PointMapping, nowMs: number): readonly Point[] {
  const object = asReading(item);
  return isPointInput(object) ? [pointOf(object)] : pointsOfReading(object, mapping, nowMs);
}

const wrong = (property: string, expected: string): TwinError =>
  new TwinError('MESSAGE_PROPERTY', `msg.${property} must be ${expected}`);
