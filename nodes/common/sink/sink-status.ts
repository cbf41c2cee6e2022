import type { ConnectionChange } from '../../../lib/delivery/connection-state';
import type { NodeDefinition } from '../definition';
import type { NodeContext } from '../node-context';
import { shortCount } from '../short-count';
import { statusOfError } from '../status-of-error';

/** What a sink shows: its server's trouble or its count, and before these what waits on disk and what was lost. */
export class SinkStatus<D extends NodeDefinition> {
  #change: ConnectionChange = { state: 'connecting' };
  #written = 0;

  /**
   * @param counted the words for a count of written readings, shortened
   * @param backlog how many messages wait on disk
   */
  constructor(
    private readonly context: NodeContext<D>,
    private readonly counted: (count: string) => string,
    private readonly backlog: () => number,
  ) {}

  get connected(): boolean {
    return this.#change.state === 'connected';
  }

  change(change: ConnectionChange): void {
    this.#change = change;
    if (change.error) this.context.mention(change.error);
    else if (this.connected) this.context.recovered();
    this.show();
  }

  written(count: number): void {
    this.#written += count;
    if (this.connected) this.show();
  }

  show(): void {
    const { status, counters, RED } = this.context;
    const { state, error } = this.#change;
    const waiting = this.backlog();
    if (state === 'stopped') return;
    const waits = (word: string) => () => this.context.word(word, { count: waiting.toLocaleString('en-US') });
    if (waiting > 0 && this.connected) status.show('busy', waits('common.status.draining'));
    else if (waiting > 0) status.show('waiting', waits('common.status.spooled'));
    else if (error) status.show(error.retryable ? 'waiting' : 'failed', statusOfError(RED, error));
    else if (!this.connected) status.show('connecting', this.context.word('common.status.connecting'));
    else if (counters.lost > 0)
      status.show('failed', this.context.word('common.status.lost', { count: shortCount(counters.lost) }));
    else status.show('connected', () => this.counted(shortCount(this.#written)));
  }
}
