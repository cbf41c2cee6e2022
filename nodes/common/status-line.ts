import type { Node, NodeStatusFill, NodeStatusShape } from '@node-red/registry';

/** What a status means; the table gives its look, the same for all nodes. */
export type StatusKind = 'connecting' | 'connected' | 'waiting' | 'stopped' | 'busy' | 'failed' | 'idle';

const LOOK: Readonly<Record<StatusKind, { fill: NodeStatusFill; shape: NodeStatusShape }>> = {
  connecting: { fill: 'yellow', shape: 'ring' },
  connected: { fill: 'green', shape: 'dot' },
  waiting: { fill: 'red', shape: 'ring' },
  stopped: { fill: 'grey', shape: 'ring' },
  busy: { fill: 'blue', shape: 'dot' },
  failed: { fill: 'red', shape: 'dot' },
  idle: { fill: 'grey', shape: 'dot' },
};
/** Counts change with every reading; the editor needs them at the pace of an eye. */
const EVERY_MS = 500;

/**
 * The status under a node: sent only when it changes, and at most twice a second while only its text changes. The last
 * one always gets through.
 */
export class StatusLine {
  private shown = '';
  private pending: { kind: StatusKind; text: string | (() => string) } | undefined;
  private timer: NodeJS.Timeout | undefined;
  private lastKind: StatusKind | undefined;
  private closed = false;
  private last:
    { readonly kind: StatusKind; readonly text: string | (() => string); readonly sinceMs: number } | undefined;

  constructor(private readonly node: Pick<Node, 'status'>) {}

  /**
   * What was shown last, whether it has reached the editor or not, and since when it is of this kind (monotonic, ms).
   */
  get current(): { readonly kind: StatusKind; readonly text: string; readonly sinceMs: number } | undefined {
    return this.last && { ...this.last, text: wordsOf(this.last.text) };
  }

  /** @param text a function of it where it changes with every message: called when it is to be shown */
  show(kind: StatusKind, text: string | (() => string)): void {
    if (this.closed) return;
    const sinceMs = this.last?.kind === kind ? this.last.sinceMs : performance.now();
    this.last = { kind, text, sinceMs };
    this.pending = { kind, text };
    if (kind !== this.lastKind || this.timer === undefined) this.flush();
  }

  close(): void {
    this.closed = true;
    clearTimeout(this.timer);
    this.timer = undefined;
  }

  private flush(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
    const next = this.pending;
    this.pending = undefined;
    if (!next) return;
    this.lastKind = next.kind;
    const text = wordsOf(next.text);
    const key = `${next.kind}|${text}`;
    if (key !== this.shown) {
      this.shown = key;
      this.node.status({ ...LOOK[next.kind], text });
    }
    this.timer = setTimeout(() => this.flush(), EVERY_MS);
    this.timer.unref();
  }
}

const wordsOf = (text: string | (() => string)): string => (typeof text === 'string' ? text : text());
