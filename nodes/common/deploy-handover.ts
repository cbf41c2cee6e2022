import type { Node, NodeAPI } from '@node-red/registry';
import { isOwn } from './completion/own-nodes';
import { hasReceipt } from './completion/tracked-source';
import type { FlowMessage } from './message';

/** A deploy takes a few seconds at most; more than this in that time is lost, and told. */
const MAX_KEPT = 10_000;
const HOOK = 'preRoute.digital-twin-handover';

interface SendEvent {
  readonly msg: FlowMessage;
  readonly source: { readonly node: Node };
  readonly destination: { readonly id: string };
  readonly cloneMessage?: boolean;
}

const handovers = new WeakMap<object, DeployHandover>();

/**
 * A deploy of modified nodes leaves the others at work, and Node-RED drops without a word what they send to a node that
 * is stopped and not yet there again. What comes from one of our nodes or goes to one of them, and cannot be asked for
 * again, is kept for that time and handed to the new node, in its order.
 */
export class DeployHandover {
  readonly #RED: NodeAPI;
  /** Our nodes that this deploy has stopped. */
  readonly #stopped = new Set<string>();
  readonly #kept = new Map<string, FlowMessage[]>();
  #count = 0;
  #lost = 0;
  #underWay = false;

  private constructor(RED: NodeAPI) {
    this.#RED = RED;
    RED.events.on('flows:stopping', this.#begin);
    RED.events.on('flows:started', this.#end);
  }

  /** The one of a runtime. */
  static of(RED: NodeAPI): DeployHandover {
    let handover = handovers.get(RED.hooks);
    if (!handover) handovers.set(RED.hooks, (handover = new DeployHandover(RED)));
    return handover;
  }

  /** A node of ours begins to close. */
  stopped({ id }: Node): void {
    if (this.#underWay) this.#stopped.add(id);
  }

  readonly #begin = (): void => {
    if (this.#underWay) return;
    this.#underWay = true;
    const add = this.#RED.hooks.add.bind(this.#RED.hooks) as unknown as (id: string, hook: unknown) => void;
    add(HOOK, (event: SendEvent) => this.#onSent(event));
  };

  /** Answers false for what it keeps: it goes no further then. */
  #onSent({ msg, source, destination: { id }, cloneMessage }: SendEvent): false | undefined {
    const before = this.#kept.get(id);
    // What comes after a kept one waits behind it, though the new node may be there already.
    if (!before && this.#RED.nodes.getNode(id)) return undefined;
    if (!this.#stopped.has(id) && !isOwn(source.node)) return undefined;
    if (hasReceipt(this.#RED, msg)) return undefined;
    if (this.#count >= MAX_KEPT) {
      this.#lost++;
      return undefined;
    }
    this.#count++;
    const kept = before ?? [];
    this.#kept.set(id, kept);
    kept.push(cloneMessage ? this.#RED.util.cloneMessage(msg) : msg);
    return false;
  }

  readonly #end = (): void => {
    if (!this.#underWay) return;
    this.#underWay = false;
    this.#RED.hooks.remove(HOOK);
    // As Node-RED delivers: each in a turn of its own, and none before those that are under way already.
    for (const [id, messages] of this.#kept) {
      for (const message of messages) setImmediate(() => this.#RED.nodes.getNode(id)?.receive(message));
    }
    if (this.#lost > 0) {
      this.#RED.log.warn(`${this.#lost} messages were lost: more than ${MAX_KEPT} came while a deploy was under way`);
    }
    this.#kept.clear();
    this.#stopped.clear();
    this.#count = this.#lost = 0;
  };
}
