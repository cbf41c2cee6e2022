import { randomBytes } from 'node:crypto';
import { EchoAsker } from '../../lib/latency/echo-asker';
import { echoMessage } from '../../lib/latency/echo-message';
import type { EpochClock } from '../../lib/latency/epoch-clock';
import type { Reading } from '../../lib/reading/reading';
import type { NodeContext } from '../common/node-context';
import type { definition } from './options';

/** The first estimates come soon after a deploy: so many requests this far apart, in milliseconds. */
const FIRST_REQUESTS = 5;
const FIRST_PACE_MS = 500;

/** Sends requests for the clocks of other machines by the *echo* output, and takes in their answers. */
export class EchoRequests {
  readonly asker: EchoAsker;
  readonly #context: NodeContext<typeof definition>;
  readonly #clock: EpochClock;
  #sent = 0;
  #timer: NodeJS.Timeout | undefined;

  constructor(context: NodeContext<typeof definition>, clock: EpochClock) {
    this.#context = context;
    this.#clock = clock;
    // Another run is another asker: an answer that waited at a broker meanwhile is none of this one's.
    this.asker = new EchoAsker(`${context.node.id}-${randomBytes(4).toString('hex')}`);
  }

  get runs(): boolean {
    return this.#context.options.echo;
  }

  start(): void {
    if (this.runs) this.#askLater();
  }

  /** @throws TwinError LATENCY_ECHO */
  take(reading: Reading, t4: number): void {
    const message = echoMessage(reading);
    // Requests and answers may share a topic: a request, our own too, is for other nodes.
    if (message.Echo === 'answer') this.asker.take(message, t4);
  }

  close(): void {
    clearTimeout(this.#timer);
  }

  #askLater(): void {
    const { echoSeconds } = this.#context.options;
    const waitMs = this.#sent < FIRST_REQUESTS ? Math.min(FIRST_PACE_MS, echoSeconds * 1000) : echoSeconds * 1000;
    this.#timer = setTimeout(() => {
      this.#sent += 1;
      this.#context.send('echo', { payload: this.asker.ask(this.#clock.now()) });
      this.#askLater();
    }, waitMs);
  }
}
