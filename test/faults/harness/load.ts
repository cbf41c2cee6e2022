import { setTimeout as sleep } from 'node:timers/promises';
import { form } from './fault-form';
import { identityKey } from './arrivals';

const BOARDS = 4;
const TURN_MS = 20;

/** Takes one line of JSON; false when it wants no more until it has caught up. */
export interface Feed {
  write(line: string): void;
  /** Resolves when all that was written is with the server. */
  end(): Promise<void>;
}

/** Puts a bad reading in the place of a good one, or answers undefined. */
export type Spoil = (line: string, count: number) => string | undefined;

/**
 * Numbered readings of several boards at an even pace, until told to stop. Each board counts its own `Sequence` from 0,
 * and every reading has a time of its own.
 */
export class Load {
  /** Good readings, by identity. */
  readonly sent = new Set<string>();
  /** Lines that were spoilt, as they were written. */
  readonly spoilt: string[] = [];
  #count = 0;
  #beganMs = 0;
  #timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly feed: Feed,
    private readonly spoil: Spoil = () => undefined,
  ) {}

  start(): void {
    this.#beganMs = performance.now();
    this.#timer = setInterval(() => this.#turn(), TURN_MS);
  }

  /** Resolves once readings have flowed for this long, in seconds. */
  async lasting(seconds: number): Promise<void> {
    const restMs = this.#beganMs + seconds * 1000 - performance.now();
    if (restMs > 0) await sleep(restMs);
  }

  async stop(): Promise<void> {
    clearInterval(this.#timer);
    await this.feed.end();
  }

  /** Stops at once, for a test that has failed. */
  abandon(): void {
    clearInterval(this.#timer);
  }

  #turn(): void {
    const due = Math.floor(((performance.now() - this.#beganMs) / 1000) * form.ratePerS);
    while (this.#count < due) this.#send();
  }

  #send(): void {
    const count = this.#count++;
    const sequence = Math.floor(count / BOARDS);
    const source = `board ${count % BOARDS}`;
    const line =
      `{"Ambient Temperature": ${(20 + (count % 700) / 100).toFixed(2)}, "Ambient Humidity": 45.10, ` +
      `"Source": "${source}", "Sequence": ${sequence}, "MQTT_Timestamp": ${Date.now()}}`;
    const bad = this.spoil(line, count);
    if (bad === undefined) this.sent.add(identityKey(source, sequence));
    else this.spoilt.push(bad);
    this.feed.write(bad ?? line);
  }
}
