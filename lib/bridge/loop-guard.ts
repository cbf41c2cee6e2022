import { TwinError } from '../reading/twin-error';

/** Kafka header and MQTT 5 user property that names the bridges a message has passed, in order, joined by commas. */
export const ORIGIN_HEADER = 'bridge-origin';

/** Headers or user properties as either side gives them; values of Kafka are bytes. */
export type TrailHeaders = Readonly<Record<string, string | Buffer | readonly (string | Buffer)[] | null | undefined>>;

/**
 * Keeps two bridges of opposite directions from sending a message in circles: both leave the same name in each message
 * that they pass on, and neither takes a message that carries it.
 */
export class LoopGuard {
  readonly #name: string;

  /** @throws TwinError BRIDGE_OPTIONS for a name with other characters than letters, digits, dots, hyphens, underscores */
  constructor(name: string) {
    if (!/^[A-Za-z0-9._-]{1,64}$/.test(name)) {
      throw new TwinError(
        'BRIDGE_OPTIONS',
        `the name of a loop guard is 1 to 64 letters, digits, dots, hyphens or underscores, got "${name}"`,
      );
    }
    this.#name = name;
  }

  /** The trail to send with a message that came with these headers; undefined when it has been here before. */
  follow(headers: TrailHeaders): string | undefined {
    const trail = [headers[ORIGIN_HEADER] ?? []].flat().flatMap((value) => String(value).split(','));
    return trail.includes(this.#name) ? undefined : [...trail, this.#name].join(',');
  }
}
