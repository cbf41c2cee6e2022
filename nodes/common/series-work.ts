import { messageOf, TwinError } from '../../lib/reading/twin-error';
import type { AnalysisAnswers, AnalysisJob } from '../../lib/series/analysis-job';
import { AnalysisRunner } from '../../lib/series/analysis-runner';
import type { NodeDefinition } from './definition';
import type { KeptState } from './kept-state';
import { asTwinError, type NodeContext } from './node-context';
import type { NodeBehaviour } from './register-node';
import { stateOfNode, wasDeleted } from './state-of-node';
import { statusOfError } from './status-of-error';

/** Shortest time between two writes of the kept state: what came since is lost by a kill, not by a stop. */
const KEEP_EVERY_MS = 10_000;

/**
 * What the nodes that work on series (see `seriesOptions`) share: the runner of their jobs, the kept state of their
 * live windows, and the statuses of both.
 */
export class SeriesWork<D extends NodeDefinition> {
  readonly #context: NodeContext<D>;
  readonly #runner = new AnalysisRunner();
  readonly #state: KeptState | undefined;

  constructor(context: NodeContext<D>, { input, keep }: { readonly input: string; readonly keep: boolean }) {
    this.#context = context;
    if (input === 'readings' && keep) this.#state = stateOfNode(context, KEEP_EVERY_MS);
    context.status.show('idle', context.word('status.ready'));
  }

  /** Does a job; the status says so while it takes a thread. Errors: see `AnalysisRunner.run`. */
  run<K extends AnalysisJob['kind']>(job: Extract<AnalysisJob, { kind: K }>): Promise<AnalysisAnswers[K]> {
    const answer = this.#runner.run<K>(job);
    if (this.#runner.pending > 0) this.#context.status.show('busy', this.#context.word('status.computing'));
    return answer;
  }

  /** Hands out the kept state. One that another version kept, or a damaged one, is none: the node begins anew. */
  resume(restore: (kept: object) => void): void {
    const kept = this.#state?.read();
    if (typeof kept !== 'object' || kept === null) return;
    try {
      restore(kept);
    } catch (thrown) {
      this.#context.mention(new TwinError('STATE_UNREADABLE', `the kept state is of no use: ${messageOf(thrown)}`));
    }
  }

  /** The state has changed; `snapshot` is called when it is written. */
  changed(snapshot: () => unknown): void {
    this.#state?.changed(snapshot);
  }

  /** A node that takes messages this way, and shows when it cannot. */
  behaviour(take: NonNullable<NodeBehaviour<D>['input']>): NodeBehaviour<D> {
    return {
      input: async (message, flow) => {
        try {
          await take(message, flow);
        } catch (thrown) {
          this.#context.status.show('failed', statusOfError(this.#context.RED, asTwinError(thrown)));
          throw thrown;
        }
      },
      close: async (removed) => {
        await this.#runner.close();
        await this.#state?.close(removed && wasDeleted(this.#context));
      },
    };
  }
}
