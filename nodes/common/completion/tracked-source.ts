import { randomBytes } from 'node:crypto';
import type { NodeAPI } from '@node-red/registry';
import { TurnoverSet } from '../../../lib/delivery/turnover-set';
import type { FlowMessage } from '../message';
import { CompletionTracker } from './completion-tracker';
import { DeployWatch } from './deploy-watch';
import type { Hold, Receipt, ReceiptOutcome } from './receipt';

interface Completion {
  readonly tracker: CompletionTracker;
  readonly deploys: DeployWatch;
}

const completions = new WeakMap<object, Completion>();

/** The one tracker of a runtime: all our nodes share its hooks. */
function completionOf(RED: NodeAPI): Completion {
  const known = completions.get(RED.hooks);
  if (known) return known;
  const deploys = new DeployWatch(RED);
  const tracker = new CompletionTracker(RED.hooks, deploys, {
    onSilent: (node, limitMs) =>
      RED.log.warn(
        `${node.type} "${node.name ?? node.id}" has not said for ${limitMs / 1000} s that it is done with a message; ` +
          'it is taken as delivered. Let the node call done(), or raise the hold limit',
      ),
  });
  const completion = { tracker, deploys };
  completions.set(RED.hooks, completion);
  return completion;
}

/** Ids as Node-RED's own look, of this run and a number: a random one for each message would take 25 µs. */
const RUN = randomBytes(4).toString('hex');
let lastId = 0;
const nextId = (): string => RUN + ((lastId = (lastId + 1) % 2 ** 32) >>> 0).toString(16).padStart(8, '0');

/** Whether a message comes again from its source, should it not arrive. */
export const hasReceipt = (RED: NodeAPI, message: FlowMessage): boolean => completionOf(RED).tracker.tracks(message);

/** A source whose messages are receipts: it learns when the flow has finished with each. */
export class TrackedSource {
  private readonly tracker: CompletionTracker;
  private readonly deploys: DeployWatch;
  private readonly release: () => void;
  private readonly open = new TurnoverSet<Receipt>();
  private drained: (() => void) | undefined;

  constructor(
    RED: NodeAPI,
    private readonly holdLimitMs: number,
  ) {
    const { tracker, deploys } = completionOf(RED);
    this.tracker = tracker;
    this.deploys = deploys;
    this.release = this.tracker.use();
  }

  /** How many messages the flow has not yet finished with. */
  get inFlight(): number {
    return this.open.size;
  }

  /** @param settled called once, when no node holds the message any more */
  send(message: FlowMessage, by: (message: FlowMessage) => void, settled: (outcome: ReceiptOutcome) => void): void {
    const receipt = this.tracker.open(nextId(), message, this.holdLimitMs, (outcome) => {
      this.open.delete(receipt);
      if (this.open.size === 0) this.drained?.();
      settled(outcome);
    });
    this.open.add(receipt);
    by(message);
    receipt.drop();
  }

  /** What the oldest message waits for. */
  oldestHold(): Hold | undefined {
    return this.open.first()?.oldestHold();
  }

  /** Calls once no deploy is under way: at once, or at the end of the present one. */
  whenDeployed(then: () => void): void {
    this.deploys.whenOver(then);
  }

  /** Waits until the flow has finished with everything, at most so long. */
  async drain(limitMs: number): Promise<void> {
    if (this.open.size === 0) return;
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, limitMs);
      this.drained = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }

  /** What is still open is left unsettled. */
  close(): void {
    this.open.clear();
    this.release();
  }
}
