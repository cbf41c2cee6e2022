import type { NodeAPI } from '@node-red/registry';

type Runtime = Pick<NodeAPI, 'events' | 'nodes'>;

/**
 * Knows whether a deploy is under way: from the moment that Node-RED begins to stop nodes until the new ones run. A
 * deploy of modified nodes leaves the others at work, whose messages to the stopped ones would go nowhere.
 */
export class DeployWatch {
  readonly #RED: Runtime;
  readonly #waiting = new Set<() => void>();
  #underWay = false;

  constructor(RED: Runtime) {
    this.#RED = RED;
  }

  /** Begins to watch; called while flows start, as nodes are made at no other time. */
  begin(): void {
    this.#underWay = true;
    this.#RED.events.on('flows:stopping', this.#stopping);
    this.#RED.events.on('flows:started', this.#started);
  }

  /** Nobody is left who wants to know. */
  end(): void {
    this.#RED.events.removeListener('flows:stopping', this.#stopping);
    this.#RED.events.removeListener('flows:started', this.#started);
    this.#waiting.clear();
    this.#underWay = false;
  }

  /** Whether a node is not there because of the deploy; one that never was (a disabled node) is not away after it. */
  isAway(nodeId: string): boolean {
    return this.#underWay && !this.#RED.nodes.getNode(nodeId);
  }

  whenOver(then: () => void): void {
    if (this.#underWay) this.#waiting.add(then);
    else then();
  }

  readonly #stopping = (): void => {
    this.#underWay = true;
  };

  readonly #started = (): void => {
    this.#underWay = false;
    for (const then of [...this.#waiting]) {
      this.#waiting.delete(then);
      then();
    }
  };
}
