import { forecastOutlook } from './forecast-outlook';
import type { FittedForecaster } from './forecaster';
import type { ForecastModel, ForecastOptions, ForecastResume, SeriesForecast } from './forecast-series';
import { futureTimes } from './future-times';
import { resumeForecaster } from './resume-forecaster';

/**
 * What became of a reading: it moved the forecast on; its step has a value already; too many steps are missing before
 * it.
 */
export type LiveStep = 'moved' | 'late' | 'gap';

const RECENT_TIMES = 13;
const PICTURED = 300;
const NOTHING = { times: new Float64Array(0), values: new Float64Array(0) };
/** Steps that may be missing: beyond, the method stands on its own expectations only. */
const MOST_MISSED = 1000;

/**
 * A forecast that follows readings as they come: each one moves the state of the method (`FittedForecaster.next`), at
 * the cost of a step, while what was learned (parameters, weights, intervals) stays until somebody learns anew.
 *
 * A reading belongs to the step nearest to its time; steps without one count as missing. The first reading of a step
 * counts, an earlier one is late: both are for the next fit.
 */
export class LiveForecast {
  private fitted: FittedForecaster;
  private times: number[];
  private readonly factors: readonly number[] | undefined;
  /** Readings since the fit, the last of them for a picture. */
  private followed: readonly { readonly timeMs: number; readonly value: number }[] = [];
  /** Steps taken since the fit. */
  private taken = 0;

  /** `model`, `resume` and the pictured history are those of a forecast; after a restart there is no history. */
  constructor(
    private readonly model: ForecastModel,
    resume: ForecastResume,
    private readonly options: Pick<ForecastOptions, 'horizon' | 'floor' | 'ceiling'>,
    private readonly pictured: Pick<SeriesForecast, 'history' | 'backTest'> = { history: NOTHING, backTest: [] },
  ) {
    this.fitted = resumeForecaster(resume.state);
    this.times = [...resume.times];
    this.factors = resume.factors;
  }

  /** Takes a reading in; `timeMs` is epoch ms. */
  take(timeMs: number, value: number): LiveStep {
    const last = this.times.at(-1)!;
    const steps = Math.round((timeMs - last) / this.model.stepMs);
    if (!(steps >= 1)) return 'late';
    if (steps - 1 > MOST_MISSED) return 'gap';
    for (let missed = 1; missed < steps; missed++) this.fitted = this.fitted.next(NaN);
    this.fitted = this.fitted.next(value);
    this.times = [...this.times, timeMs].slice(-RECENT_TIMES);
    this.taken += steps;
    this.followed = [...this.followed, { timeMs, value }].slice(-PICTURED);
    return 'moved';
  }

  /** The forecast from where the readings are now. */
  forecast(): SeriesForecast {
    const { model, options, factors } = this;
    const ahead = futureTimes(Float64Array.from(this.times), model.stepMs, options.horizon);
    const settings = { ...options, levels: model.levels, ...(factors ? { factors } : {}) };
    return {
      ...forecastOutlook(this.fitted, ahead, settings),
      model: { ...model, since: (model.since ?? 0) + this.taken },
      resume: this.resume(),
      history: this.history(),
      backTest: this.pictured.backTest,
    };
  }

  private history(): SeriesForecast['history'] {
    const { times, values } = this.pictured.history;
    return {
      times: Float64Array.from([...times, ...this.followed.map(({ timeMs }) => timeMs)].slice(-PICTURED)),
      values: Float64Array.from([...values, ...this.followed.map(({ value }) => value)].slice(-PICTURED)),
    };
  }

  /** With which another one goes on from here, after a restart. */
  snapshot(): { model: ForecastModel; resume: ForecastResume } {
    return { model: { ...this.model, since: (this.model.since ?? 0) + this.taken }, resume: this.resume() };
  }

  private resume(): ForecastResume {
    return { state: this.fitted.state, times: this.times, ...(this.factors ? { factors: this.factors } : {}) };
  }
}
