import { decomposeSeries, type DecomposeOptions, type SeriesDecomposition } from './decompose-series';
import { forecastSeries, type ForecastOptions, type SeriesForecast } from './forecast-series';
import type { Series } from './series';

/** Work on a series that may take long, as plain data: it can be sent to a worker thread. */
export type AnalysisJob =
  | { readonly kind: 'forecast'; readonly series: Series; readonly options: ForecastOptions }
  | { readonly kind: 'decompose'; readonly series: Series; readonly options: DecomposeOptions };

/** The answer to a job, by its kind. */
export interface AnalysisAnswers {
  forecast: SeriesForecast;
  decompose: SeriesDecomposition;
}

/**
 * Does a job where it is called. Errors: those of `forecastSeries` and `decomposeSeries`.
 *
 * @example
 * const options = { method: 'additive', period: '2', log: false, extrapolate: false, robust: false };
 * runAnalysis({ kind: 'decompose', series: { times: Float64Array.of(0, 1, 2, 3), values: Float64Array.of(1, 2, 1, 2) }, options }).model.period; // => 2
 */
export function runAnalysis<K extends AnalysisJob['kind']>(job: Extract<AnalysisJob, { kind: K }>): AnalysisAnswers[K];
export function runAnalysis(job: AnalysisJob): AnalysisAnswers[AnalysisJob['kind']] {
  return job.kind === 'forecast' ? forecastSeries(job.series, job.options) : decomposeSeries(job.series, job.options);
}
