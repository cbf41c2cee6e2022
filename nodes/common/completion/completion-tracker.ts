import type { Node, NodeAPI } from '@node-red/registry';
import { TurnoverMap } from '../../../lib/delivery/turnover-map';
import type { FlowMessage } from '../message';
import type { DeployWatch } from './deploy-watch';
import { CLOSED, isOwn } from './own-nodes';
import { Receipt, type ReceiptOutcome } from './receipt';

/** A node without a `done` handler that sends nothing on within this time has finished with the message. */
const QUIET_MS = 100;
const SWEEP_EVERY_MS = 1000;
const LABEL = 'digital-twin';

interface SendEvent {
  msg: FlowMessage;
  source: { node: Node };
  destination: { id: string; node?: Node };
}
interface ReceiveEvent {
  msg: FlowMessage;
  destination: { node: Node };
}
interface CompleteEvent {
  msg: FlowMessage;
  error?: unknown;
  node: { node: Node };
}
/** A message that nodes have received. */
interface HeldMessage {
  receipt: Receipt;
  /** Deliveries that `preDeliver` has counted and `onReceive` has not yet seen. */
  announced: number;
}

/** How many of a node's input handlers will call `done`: private to Node-RED, held by a contract test. */
type CountsDone = Node & { _expectedDoneCount?: number };

interface TrackerOptions {
  readonly now?: () => number;
  /** A foreign node holds a message for longer than the limit: called once for each node. */
  readonly onSilent: (node: Node, limitMs: number) => void;
}

/**
 * Tells when every node that a message reached has finished with it: `done()` is the receipt.
 *
 * It listens to Node-RED's message hooks. `preDeliver` adds a hold for the node about to receive, `onComplete` ends it.
 * Messages are recognised by `_receipt` or `_msgid`, which clones and function nodes keep. The hooks are synchronous
 * (one argument), and are there only while a tracked source is deployed.
 */
export class CompletionTracker {
  private readonly receipts = new TurnoverMap<string, Receipt>();
  private readonly held = new WeakMap<FlowMessage, HeldMessage>();
  /** The receipt on which a node sent in this tick. */
  private readonly sentInTick = new TurnoverMap<string, Receipt>();
  /** Ends of holds of nodes without a `done` handler, by node and receipt. */
  private readonly quiet = new TurnoverMap<string, (() => void)[]>();
  private readonly ending: { readonly receipt: Receipt; readonly nodeId: string }[] = [];
  private readonly watched = new WeakSet<Node>();
  private readonly silent = new WeakSet<Node>();
  private readonly now: () => number;
  private users = 0;
  private sweeper: NodeJS.Timeout | undefined;

  constructor(
    private readonly hooks: NodeAPI['hooks'],
    private readonly deploys: Pick<DeployWatch, 'begin' | 'end' | 'isAway'>,
    private readonly options: TrackerOptions,
  ) {
    this.now = options.now ?? (() => performance.now());
  }

  /** Keeps the hooks installed until the returned function is called. */
  use(): () => void {
    if (this.users++ === 0) this.install();
    let used = true;
    return () => {
      if (!used) return;
      used = false;
      if (--this.users === 0) this.uninstall();
    };
  }

  /**
   * Opens a receipt for a message that is about to be sent, and marks the message.
   * @param holdLimitMs how long a foreign node may hold the message
   * @returns the receipt; its source must call `drop()` when it has sent
   */
  open(id: string, message: FlowMessage, holdLimitMs: number, settled: (outcome: ReceiptOutcome) => void): Receipt {
    const receipt = new Receipt(id, holdLimitMs, settled, ({ id: ended }) => this.receipts.delete(ended));
    message._msgid = id;
    message['_receipt'] = id;
    this.receipts.set(id, receipt);
    return receipt;
  }

  /** Whether somebody waits to learn that the flow has finished with this message, and will send it again otherwise. */
  tracks(message: FlowMessage): boolean {
    return this.find(message) !== undefined;
  }

  private find(message: FlowMessage): Receipt | undefined {
    const id = message['_receipt'] ?? message._msgid;
    return typeof id === 'string' ? this.receipts.get(id) : undefined;
  }

  private hold(receipt: Receipt, node: Node, message: FlowMessage): HeldMessage {
    receipt.hold(node, this.now());
    const held = this.heldOf(message, receipt);
    if (!this.watched.has(node)) this.watch(node);
    return held;
  }

  /** A message may go on by itself or in another's receipt; what was announced of it stays. */
  private heldOf(message: FlowMessage, receipt: Receipt): HeldMessage {
    const known = this.held.get(message);
    if (known) {
      known.receipt = receipt;
      return known;
    }
    const held = { receipt, announced: 0 };
    this.held.set(message, held);
    return held;
  }

  private watch(node: Node): void {
    this.watched.add(node);
    if (isOwn(node)) node.once(CLOSED, () => this.nodeStopped(node));
    else node.on('close', () => this.nodeStopped(node));
  }

  private nodeStopped(node: Node): void {
    for (const receipt of this.receipts.values()) {
      if (receipt.holds.get(node.id)?.node === node) receipt.stop();
    }
  }

  private install(): void {
    this.deploys.begin();
    const add = this.hooks.add.bind(this.hooks) as unknown as (id: string, hook: (event: never) => void) => void;
    add(`preDeliver.${LABEL}`, (event: SendEvent) => this.onPreDeliver(event));
    add(`onReceive.${LABEL}`, (event: ReceiveEvent) => this.onReceive(event));
    add(`postReceive.${LABEL}`, (event: ReceiveEvent) => this.onPostReceive(event));
    add(`onSend.${LABEL}`, (events: SendEvent[]) => this.onSend(events));
    add(`onComplete.${LABEL}`, (event: CompleteEvent) => this.onComplete(event));
    this.sweeper = setInterval(() => this.sweep(), SWEEP_EVERY_MS);
    this.sweeper.unref();
  }

  private uninstall(): void {
    this.deploys.end();
    this.hooks.remove(`*.${LABEL}`);
    clearInterval(this.sweeper);
    for (const receipt of this.receipts.values()) receipt.stop();
  }

  private onPreDeliver({ msg, destination: { node } }: SendEvent): void {
    if (this.receipts.size === 0 || !node) return;
    const receipt = this.find(msg);
    if (!receipt) return;
    this.hold(receipt, node, msg).announced++;
  }

  /** Link call, catch and status nodes receive without `preDeliver`. */
  private onReceive({ msg, destination: { node } }: ReceiveEvent): void {
    if (this.receipts.size === 0) return;
    const held = this.held.get(msg);
    if (held && held.announced > 0) {
      held.announced--;
      return;
    }
    const receipt = this.find(msg);
    if (receipt) this.hold(receipt, node, msg);
  }

  /** A node that will never call `done` is let go when it has sent on, or when it stays quiet. */
  private onPostReceive({ msg, destination: { node } }: ReceiveEvent): void {
    if (this.receipts.size === 0 || (node as CountsDone)._expectedDoneCount !== 0) return;
    const receipt = this.held.get(msg)?.receipt;
    if (!receipt || receipt.ended) return;
    const key = `${node.id}|${receipt.id}`;
    const ends = this.quiet.get(key) ?? [];
    this.quiet.set(key, ends);
    let timer: NodeJS.Timeout | undefined = undefined;
    const end = (): void => {
      clearTimeout(timer);
      const index = ends.indexOf(end);
      if (index < 0) return;
      ends.splice(index, 1);
      if (ends.length === 0) this.quiet.delete(key);
      receipt.release(node.id);
    };
    ends.push(end);
    timer = setTimeout(end, QUIET_MS);
  }

  private onSend(events: SendEvent[]): void {
    const event = events[0];
    if (this.receipts.size === 0 || !event) return;
    this.stopWhatGoesAstray(events);
    const receipt = this.find(event.msg);
    if (!receipt) return;
    const { id } = event.source.node;
    if (this.sentInTick.get(id) !== receipt) {
      this.sentInTick.set(id, receipt);
      queueMicrotask(() => {
        if (this.sentInTick.get(id) === receipt) this.sentInTick.delete(id);
      });
    }
    const end = this.quiet.get(`${id}|${receipt.id}`)?.[0];
    if (end) setImmediate(end);
  }

  /** Node-RED drops without a word what is sent to a node that a deploy has stopped and not yet started again. */
  private stopWhatGoesAstray(events: readonly SendEvent[]): void {
    for (const { msg, destination } of events) {
      if (this.deploys.isAway(destination.id)) this.find(msg)?.stop();
    }
  }

  private onComplete({ msg, error, node: { node } }: CompleteEvent): void {
    const receipt = this.held.get(msg)?.receipt;
    if (!receipt || receipt.ended) return;
    if (error) receipt.failed++;
    const next = this.sentInTick.get(node.id);
    if (next && next !== receipt && !next.ended) next.carried.push({ receipt, nodeId: node.id });
    else this.releaseSoon(receipt, node.id);
  }

  /**
   * A hold ends one turn of the event loop later: some nodes call `done` before they send (trigger), and a catch node
   * receives after `onComplete`. What they reach must hold the message before this hold ends.
   */
  private releaseSoon(receipt: Receipt, nodeId: string): void {
    if (this.ending.push({ receipt, nodeId }) > 1) return;
    setImmediate(() => {
      for (const end of this.ending.splice(0)) end.receipt.release(end.nodeId);
    });
  }

  private sweep(): void {
    const now = this.now();
    for (const receipt of this.receipts.values()) {
      const limit = receipt.holdLimitMs;
      for (const { node, sinceMs } of [...receipt.holds.values()]) {
        if (now - sinceMs < limit || isOwn(node)) continue;
        if (!this.silent.has(node)) {
          this.silent.add(node);
          this.options.onSilent(node, limit);
        }
        receipt.letGo(node.id);
      }
    }
  }
}
