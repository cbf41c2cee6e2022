import type { SpoolDurability } from '../../../lib/delivery/spool-options';
import type { Condition } from '../definition';

/**
 * The options of a sink that keeps messages on disk while its server is away. Their words are among the common ones.
 * @param when the condition under which a sink can have a spool at all
 */
export function spoolOptions<const C extends Condition = Record<never, never>>(when: C = {} as C) {
  const spooled = { ...when, spool: [true] } as const;
  const place = { since: '0.1.0', section: 'spool' } as const;
  return {
    spool: { kind: 'switch', default: true, when, ...place },
    spoolSize: {
      kind: 'number',
      default: 256,
      min: 1,
      max: 1_000_000,
      unit: 'MiB',
      icon: 'fa-hdd-o',
      when: spooled,
      ...place,
    },
    spoolAge: {
      kind: 'number',
      default: 0,
      min: 0,
      max: 87_600,
      unit: 'h',
      icon: 'fa-clock-o',
      when: spooled,
      ...place,
    },
    spoolRate: {
      kind: 'number',
      default: 0,
      min: 0,
      max: 1_000_000,
      unit: '1/s',
      icon: 'fa-tachometer',
      when: spooled,
      ...place,
    },
    spoolDurability: {
      kind: 'choice',
      default: 'process',
      choices: ['process', 'power'],
      icon: 'fa-plug',
      when: spooled,
      ...place,
    },
  } as const;
}

/** The values of these options. */
export interface SpoolSettings {
  readonly spool: boolean;
  /** MiB on disk. */
  readonly spoolSize: number;
  /** Hours; 0 is no limit. */
  readonly spoolAge: number;
  /** Messages a second after an outage; 0 is no limit. */
  readonly spoolRate: number;
  readonly spoolDurability: SpoolDurability;
}
