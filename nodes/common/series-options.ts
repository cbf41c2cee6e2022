import { AMBIENT_TEMPERATURE, MQTT_TIMESTAMP } from '../../lib/reading/keys';

/** Pattern of a span of time, such as `10s`. */
export const DURATION = '\\d+(\\.\\d+)?\\s*(ms|s|min|m|h|d|w)';

const live = { when: { input: ['readings'] }, since: '0.1.0' } as const;
const counted = { kind: 'number', max: 1_000_000, integer: true, ...live } as const;

/** Every so many readings. */
export const everyReadings = <const N extends number>(count: N) => ({ ...counted, default: count, min: 1 }) as const;

/**
 * The options of a node that works on a series, or on a rolling window of live readings.
 * @param least readings that its window must have
 */
export function seriesOptions<const N extends number>(least: N) {
  return {
    input: { kind: 'choice', default: 'series', choices: ['series', 'readings'], icon: 'fa-sign-in', since: '0.1.0' },
    key: { kind: 'text', default: AMBIENT_TEMPERATURE, required: true, maxLength: 200, icon: 'fa-key', since: '0.1.0' },
    stampKey: {
      kind: 'text',
      default: MQTT_TIMESTAMP,
      required: true,
      maxLength: 200,
      icon: 'fa-clock-o',
      since: '0.1.0',
    },
    window: { ...counted, default: 1000, min: least },
  } as const;
}

/** What follows how often such a node works. */
export const seriesKeeping = {
  keep: { kind: 'switch', default: true, ...live },
  step: { kind: 'text', default: '', pattern: DURATION, icon: 'fa-arrows-h', since: '0.1.0' },
} as const;
