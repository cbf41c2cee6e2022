import { EventEmitter } from 'node:events';
import type { IConnackPacket } from 'mqtt';
import { Backoff } from '../delivery/backoff';
import type { ConnectionChange } from '../delivery/connection-state';
import { retryForever } from '../delivery/retry';
import { TwinError } from '../reading/twin-error';
import { mqttError } from './mqtt-error';
import { MqttLink } from './mqtt-link';
import type { ResolvedMqttOptions } from './mqtt-options';

/** A connection that held this long was a good one: the next outage begins with the shortest wait again. */
const STEADY_MS = 5_000;

export interface MqttConnectionHooks {
  /** MQTT 5: most unacknowledged messages that the broker may send us. */
  readonly receiveMaximum?: number;
  /** Called with each new link in the turn that makes it, before anything can arrive. */
  readonly attach?: (link: MqttLink) => void;
  /** What must succeed before a link counts as connected, such as subscribing. */
  readonly prepare?: (link: MqttLink, connack: IConnackPacket) => Promise<void>;
  readonly backoff?: Backoff | undefined;
}

/**
 * Keeps one connection to a broker for as long as it is open: a new link after each loss, with jittered backoff, for
 * ever. `state` says every failure with its reason; `up` and `down` frame the time in which a link may be used.
 */
export class MqttConnection extends EventEmitter<{
  state: [ConnectionChange];
  up: [link: MqttLink, connack: IConnackPacket];
  down: [link: MqttLink];
}> {
  readonly #target: ResolvedMqttOptions;
  readonly #hooks: MqttConnectionHooks;
  readonly #backoff: Backoff;
  readonly #abort = new AbortController();
  #running: Promise<void> | undefined;
  #change: ConnectionChange = { state: 'stopped' };

  constructor(target: ResolvedMqttOptions, hooks: MqttConnectionHooks = {}) {
    super();
    this.#target = target;
    this.#hooks = hooks;
    this.#backoff = hooks.backoff ?? new Backoff({ minMs: 250, maxMs: 10_000 });
  }

  /** How the connection stands now. */
  get change(): ConnectionChange {
    return this.#change;
  }

  /** Begins to connect; once, and not after `close`. */
  start(): void {
    if (this.#running || this.#abort.signal.aborted) return;
    this.#tell({ state: 'connecting' });
    this.#running = this.#keepConnected();
  }

  /** Ends the connection within about a second. Idempotent. */
  async close(): Promise<void> {
    this.#abort.abort(new TwinError('MQTT_CLOSED', 'the MQTT connection was closed'));
    await this.#running;
  }

  async #keepConnected(): Promise<void> {
    const { signal } = this.#abort;
    const options = {
      signal,
      backoff: this.#backoff,
      isRetryable: () => true,
      onRetry: (error: unknown) =>
        this.#tell({ state: 'waiting', error: mqttError(this.#target, { error, openMs: undefined }) }),
    };
    // Ends only by the abort, whose reason is of no interest here.
    await retryForever<never>(() => this.#useOneLink(signal), options).catch(() => {});
    this.#tell({ state: 'stopped' });
  }

  /** Lives through one link and rejects with the reason of its end. */
  async #useOneLink(signal: AbortSignal): Promise<never> {
    const link = new MqttLink(this.#target, this.#hooks.receiveMaximum);
    const end = () => void link.end();
    signal.addEventListener('abort', end, { once: true });
    let upSince: number | undefined;
    try {
      this.#hooks.attach?.(link);
      const connack = await link.opened;
      await this.#hooks.prepare?.(link, connack);
      upSince = performance.now();
      this.#tell({ state: 'connected' });
      this.emit('up', link, connack);
      throw await link.closed;
    } finally {
      if (upSince !== undefined) {
        if (performance.now() - upSince >= STEADY_MS) this.#backoff.reset();
        this.emit('down', link);
      }
      await link.end();
      signal.removeEventListener('abort', end);
    }
  }

  #tell(change: ConnectionChange): void {
    this.#change = change;
    this.emit('state', change);
  }
}
