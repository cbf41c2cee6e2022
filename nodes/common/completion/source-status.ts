import type { ConnectionChange } from '../../../lib/delivery/connection-state';
import type { NodeDefinition } from '../definition';
import type { NodeContext } from '../node-context';

export interface SourceStatusOptions {
  /** The node that holds the flow up, if one does. */
  readonly holder: () => string | undefined;
  /** The words for such a node. */
  readonly held: (node: string) => string;
  /** The words while all is well. */
  readonly well: () => string;
}

/** What a source shows: its server's trouble, else who holds its messages, else how it fares. */
export class SourceStatus<D extends NodeDefinition> {
  #connected = false;

  constructor(
    private readonly context: NodeContext<D>,
    private readonly options: SourceStatusOptions,
  ) {}

  change({ state, error }: ConnectionChange): void {
    this.#connected = state === 'connected' && !error;
    if (error) this.context.trouble(error);
    else if (state === 'connected') {
      this.context.recovered();
      this.show();
    } else this.context.status.show(state, this.context.word(`common.status.${state}`));
  }

  show(): void {
    if (!this.#connected) return;
    const { holder, held, well } = this.options;
    const node = holder();
    if (node !== undefined) this.context.status.show('busy', held(node));
    else this.context.status.show('connected', well);
  }
}
