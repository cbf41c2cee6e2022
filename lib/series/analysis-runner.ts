import { runAnalysis, type AnalysisAnswers, type AnalysisJob } from './analysis-job';
import { AnalysisThread } from './analysis-thread';

/** Points times fits up to which an analysis is done where it is called: a few milliseconds, see bench/series.ts. */
const MOST_INLINE = 50_000;

/** Does analyses: short ones at once, long ones in a thread, so that the event loop is never held up for long. */
export class AnalysisRunner {
  private closed = false;

  constructor(private readonly thread = new AnalysisThread()) {}

  /** Analyses that wait or run in the thread. */
  get pending(): number {
    return this.thread.pending;
  }

  /**
   * Does a job. The arrays of its series belong to the runner from then on. Errors: see `AnalysisThread.run`.
   */
  async run<K extends AnalysisJob['kind']>(job: Extract<AnalysisJob, { kind: K }>): Promise<AnalysisAnswers[K]> {
    if (!this.closed && pointsTimesFits(job) <= MOST_INLINE) return runAnalysis<K>(job);
    return this.thread.run<K>(job);
  }

  /** Stops what runs and refuses what comes; may be called again. */
  async close(): Promise<void> {
    this.closed = true;
    await this.thread.close();
  }
}

function pointsTimesFits(job: AnalysisJob): number {
  const points = job.series.times.length;
  if (job.kind === 'decompose') return points;
  return points * (job.options.evaluation === 'back-test' ? job.options.folds + 1 : 2);
}
