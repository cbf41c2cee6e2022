import type { ForecastOptions } from './forecast-series';
import { runAnalysis, type AnalysisAnswers, type AnalysisJob } from './analysis-job';
import { AnalysisThread } from './analysis-thread';

/** Points times fits up to which an analysis is done where it is called: a few milliseconds, see bench/series.ts. */
const MOST_INLINE = 50_000;

/** Cost of one fit, in passes of a straight line over the series. */
const COST = {
  ...{ linear: 1, polynomial: 2, 'seasonal-naive': 0.2, drift: 0.2 },
  ...{ theta: 20, smoothing: 200, harmonics: 30, autoregression: 80, stl: 60, auto: 600 },
} as const satisfies Record<ForecastOptions['method'], number>;

const DECOMPOSE_COST = { additive: 1, multiplicative: 1, stl: 100, mstl: 300 } as const;

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
  if (job.kind === 'decompose')
    return points * (DECOMPOSE_COST[job.options.method] + (job.options.anomaliesFrom === undefined ? 0 : 200));
  const { method, evaluation, folds, horizon } = job.options;
  return (points + horizon) * COST[method] * (evaluation === 'back-test' ? folds + 1 : 2);
}
