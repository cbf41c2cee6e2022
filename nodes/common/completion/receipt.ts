import type { Node } from '@node-red/registry';

/** How a message ended, once no node holds it any more. */
export interface ReceiptOutcome {
  /** How many nodes ended it with an error. */
  readonly failed: number;
  /** How many nodes did not say in time that they had finished, and were let go. */
  readonly unconfirmed: number;
  /** A node was stopped while it held the message: nobody knows what became of it. */
  readonly stopped: boolean;
}

/** What one node holds of one receipt. */
export interface Hold {
  readonly node: Node;
  count: number;
  /** When the first of them began, in ms of the tracker's clock. */
  readonly sinceMs: number;
}

/** One message that a source has sent, until every node that it reached has finished with it. */
export class Receipt {
  failed = 0;
  unconfirmed = 0;
  ended = false;
  readonly holds = new Map<string, Hold>();
  /** Receipts whose messages went on in one of this receipt's (join, batch): they end with it. */
  readonly carried: { readonly receipt: Receipt; readonly nodeId: string }[] = [];
  private open = 1;

  /**
   * @param id in `_msgid` and `_receipt` of the message
   * @param holdLimitMs how long a foreign node may hold the message
   * @param settled called exactly once
   */
  constructor(
    readonly id: string,
    readonly holdLimitMs: number,
    private readonly settled: (outcome: ReceiptOutcome) => void,
    private readonly forget: (receipt: Receipt) => void,
  ) {}

  /** What the node holds that got it first, of those that have it. */
  oldestHold(): Hold | undefined {
    for (const hold of this.holds.values()) return hold;
    return undefined;
  }

  hold(node: Node, nowMs: number): void {
    const hold = this.holds.get(node.id);
    if (hold) hold.count++;
    else this.holds.set(node.id, { node, count: 1, sinceMs: nowMs });
    this.open++;
  }

  /** Ends one hold of a node; nothing happens when it has none. */
  release(nodeId: string): void {
    const hold = this.holds.get(nodeId);
    if (!hold) return;
    if (--hold.count === 0) this.holds.delete(nodeId);
    this.drop();
  }

  /** Ends one hold that is no node's: the source's own. */
  drop(): void {
    if (--this.open === 0) this.end(false);
  }

  /** Ends all holds of a node that has been silent for too long. */
  letGo(nodeId: string): void {
    const hold = this.holds.get(nodeId);
    if (!hold) return;
    this.unconfirmed++;
    this.holds.delete(nodeId);
    this.open -= hold.count;
    if (this.open === 0) this.end(false);
  }

  /** A node that held the message was stopped. */
  stop(): void {
    this.end(true);
  }

  private end(stopped: boolean): void {
    if (this.ended) return;
    this.ended = true;
    this.forget(this);
    for (const { receipt, nodeId } of this.carried.splice(0)) {
      if (stopped) receipt.stop();
      else receipt.release(nodeId);
    }
    this.settled({ failed: this.failed, unconfirmed: this.unconfirmed, stopped });
  }
}
