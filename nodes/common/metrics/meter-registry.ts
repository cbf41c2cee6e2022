import type { NodeAPI } from '@node-red/registry';
import type { NodeMeter, NodeReport } from './node-meter';

const SAMPLE_EVERY_MS = 10_000;
const registries = new WeakMap<object, MeterRegistry>();

/** The meters of the nodes that are deployed in a runtime. */
export class MeterRegistry {
  readonly #meters = new Set<NodeMeter>();
  #timer: NodeJS.Timeout | undefined;

  /** The one of a runtime: each node has an API object of its own, the message hooks are the same for all. */
  static of(RED: NodeAPI): MeterRegistry {
    let registry = registries.get(RED.hooks);
    if (!registry) {
      registry = new MeterRegistry();
      registries.set(RED.hooks, registry);
    }
    return registry;
  }

  add(meter: NodeMeter): void {
    this.#meters.add(meter);
    this.#timer ??= setInterval(() => this.#meters.forEach((each) => each.sample()), SAMPLE_EVERY_MS).unref();
  }

  remove(meter: NodeMeter): void {
    this.#meters.delete(meter);
    if (this.#meters.size > 0) return;
    clearInterval(this.#timer);
    this.#timer = undefined;
  }

  reports(): NodeReport[] {
    return [...this.#meters].map((meter) => meter.report());
  }
}
