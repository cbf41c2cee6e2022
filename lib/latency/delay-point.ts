import { extended } from '../reading/extended';
import { MQTT_TIMESTAMP, SOURCE } from '../reading/keys';
import type { Reading } from '../reading/reading';
import { nanosecondsOf } from '../reading/sequence';
import type { HopDelay } from './reading-delays';

/** Where the delays of a reading are kept in a time series database. */
export interface DelayPointOptions {
  readonly measurement: string;
  readonly tags: Readonly<Record<string, string>>;
  /** Whether the reading's `Source` becomes a tag, so that two boards in one millisecond stay apart. */
  readonly sourceTag: boolean;
  /** `integer` rounds to whole milliseconds: a database that holds the field as an integer refuses a float. */
  readonly fieldType: 'float' | 'integer';
}

type DelayField = number | { readonly type: 'integer'; readonly value: number };

/** A point as the InfluxDB writer takes it: one field per hop, in milliseconds. */
export interface DelayPoint {
  readonly measurement: string;
  readonly tags: Readonly<Record<string, string>>;
  readonly fields: Readonly<Record<string, DelayField>>;
  /** Epoch milliseconds: when the reading was published, so that writing it twice gives the same point. */
  readonly time: number;
  /** Within that millisecond, from the reading's `Sequence`: keeps the readings of a fast board apart. */
  readonly nanoseconds?: number;
}

/** @param arrivalMs epoch milliseconds, the point's time where the reading has no `MQTT_Timestamp` */
export function delayPoint(
  reading: Reading,
  delays: readonly Pick<HopDelay, 'label' | 'delayMs'>[],
  { measurement, tags, sourceTag, fieldType }: DelayPointOptions,
  arrivalMs: number,
): DelayPoint {
  const field = (delayMs: number): DelayField =>
    fieldType === 'float' ? delayMs : { type: 'integer', value: Math.round(delayMs) + 0 };
  const source = reading[SOURCE];
  const published = reading[MQTT_TIMESTAMP];
  const named = sourceTag && (typeof source === 'string' || typeof source === 'number');
  return {
    measurement,
    tags: named ? extended(tags, { [SOURCE]: String(source) }) : tags,
    fields: Object.fromEntries(delays.map(({ label, delayMs }) => [label, field(delayMs)])),
    time: typeof published === 'number' && Number.isFinite(published) ? published : arrivalMs,
    ...nanosecondsOf(reading),
  };
}
