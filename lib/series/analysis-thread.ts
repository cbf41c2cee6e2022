import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { messageOf, TwinError } from '../reading/twin-error';
import type { AnalysisAnswers, AnalysisJob } from './analysis-job';
import type { WorkerAnswer } from './analysis-worker';
import { transferableBuffers } from './transferable-buffers';

interface Waiting {
  readonly job: AnalysisJob;
  readonly resolve: (value: unknown) => void;
  readonly reject: (error: TwinError) => void;
}

/**
 * A thread of its own for long analyses, so that the event loop goes on. Jobs are done one after another.
 *
 * Bounded: at most `maxQueued` jobs wait, one more is refused (`SERIES_BUSY`, retryable). The thread starts with the
 * first job, does not keep the process alive while idle, and is started anew after it died (`SERIES_WORKER`).
 */
export class AnalysisThread {
  private worker: Worker | undefined;
  private running: Waiting | undefined;
  private readonly queue: Waiting[] = [];
  private closed = false;

  private readonly maxQueued: number;
  private readonly workerFile: string;

  /** `workerFile` is what the thread runs: this package's `analysis-worker.js` as it was compiled. */
  constructor({ maxQueued = 100, workerFile = join(__dirname, 'analysis-worker.js') } = {}) {
    this.maxQueued = maxQueued;
    this.workerFile = workerFile;
  }

  /** Jobs that wait or run. */
  get pending(): number {
    return this.queue.length + (this.running ? 1 : 0);
  }

  /**
   * Does a job in the thread. The arrays of its series are moved there, and are empty here from then on: hand over only
   * what nobody else uses.
   *
   * Rejects with the errors of the analysis, `SERIES_BUSY`, `SERIES_WORKER`, and after `close` with `SERIES_CLOSED`.
   */
  run<K extends AnalysisJob['kind']>(job: Extract<AnalysisJob, { kind: K }>): Promise<AnalysisAnswers[K]> {
    return new Promise<unknown>((resolve, reject) => {
      if (this.closed) throw closedError();
      if (this.queue.length >= this.maxQueued) {
        throw new TwinError(
          'SERIES_BUSY',
          `${this.queue.length} analyses wait already: send fewer, or shorter series`,
          { retryable: true },
        );
      }
      this.queue.push({ job, resolve, reject });
      this.next();
    }) as Promise<AnalysisAnswers[K]>;
  }

  /**
   * Stops the thread at once, whatever it does; what waits or runs is rejected with `SERIES_CLOSED`. May be called
   * again.
   */
  async close(): Promise<void> {
    this.closed = true;
    const { worker, running } = this;
    this.worker = undefined;
    this.running = undefined;
    for (const waiting of [running, ...this.queue.splice(0)]) waiting?.reject(closedError());
    await worker?.terminate();
  }

  private next(): void {
    if (this.running) return;
    this.running = this.queue.shift();
    if (!this.running) {
      this.worker?.unref();
      return;
    }
    this.worker ??= this.start();
    this.worker.ref();
    this.worker.postMessage(this.running.job, transferableBuffers(this.running.job));
  }

  private settle(act: (waiting: Waiting) => void): void {
    const { running } = this;
    this.running = undefined;
    if (running) act(running);
    this.next();
  }

  private start(): Worker {
    const worker = new Worker(this.workerFile);
    worker.on('message', (answer: WorkerAnswer) => {
      if (this.worker !== worker) return;
      this.settle(({ resolve, reject }) => {
        if ('value' in answer) resolve(answer.value);
        else reject(new TwinError(answer.error.code, answer.error.message, { facts: answer.error.facts }));
      });
    });
    const died = (reason: string, cause?: unknown): void => {
      if (this.worker !== worker) return;
      this.worker = undefined;
      this.settle(({ reject }) =>
        reject(new TwinError('SERIES_WORKER', `The analysis thread ended: ${reason}`, { retryable: true, cause })),
      );
    };
    worker.on('error', (error) => died(messageOf(error), error));
    worker.on('exit', (code) => died(`exit code ${code}`));
    return worker;
  }
}

function closedError(): TwinError {
  return new TwinError('SERIES_CLOSED', 'The analysis was stopped because its node was closed', { retryable: true });
}
