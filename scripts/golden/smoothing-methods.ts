import { fitHoltWinters } from '../../lib/series/fit-holt-winters';
import { holtWinters, type HoltWintersForm } from '../../lib/series/holt-winters';
import { holtWintersForecast, holtWintersVariance } from '../../lib/series/holt-winters-forecast';
import { normalQuantile } from '../../lib/series/normal-quantile';
import type { GoldenMethod, GoldenMethods, GoldenRun } from './method';

interface SmoothingParams {
  trend: 'add' | null;
  damped_trend?: boolean;
  seasonal?: 'add' | 'mul' | null;
  seasonal_periods?: number | null;
  fit_slice?: [number, number];
  horizon: number;
  optimized?: boolean;
}

function formOf(params: SmoothingParams): HoltWintersForm {
  return {
    trend: params.trend === 'add' ? 'additive' : 'none',
    damped: params.damped_trend ?? false,
    seasonal: params.seasonal === 'add' ? 'additive' : params.seasonal === 'mul' ? 'multiplicative' : 'none',
    period: params.seasonal_periods ?? 1,
  };
}

function part({ golden, values }: GoldenRun): Float64Array {
  const { fit_slice } = golden.params as unknown as SmoothingParams;
  return fit_slice ? values.slice(...fit_slice) : values;
}

/** The recursion alone, from the parameters and initial states of the reference. */
function recursion(run: GoldenRun) {
  const params = run.golden.params as unknown as SmoothingParams;
  const form = formOf(params);
  const start = run.golden.outputs.fitted as Record<string, number | null> & { initial_seasons: number[] };
  const { fitted, squaredErrors, state } = holtWinters(part(run), form, {
    alpha: start.smoothing_level!,
    beta: start.smoothing_trend ?? 0,
    gamma: start.smoothing_seasonal ?? 0,
    phi: start.damping_trend ?? 1,
    level: start.initial_level!,
    trend: start.initial_trend ?? 0,
    seasons: Float64Array.from(start.initial_seasons),
  });
  const seasonal = form.seasonal === 'none';
  return {
    fitted: run.golden.outputs.fitted!,
    sse: squaredErrors,
    fittedvalues: fitted,
    level: state.level,
    trend: form.trend === 'none' ? NaN : state.trend,
    seasonLast: seasonal ? NaN : state.seasons,
    forecast: holtWintersForecast(state, form, start.damping_trend ?? 1, params.horizon),
  };
}

/** `optimised`: our sum of squares may not be above that of the reference. */
const notWorse: NonNullable<GoldenMethod['judge']> = ({ golden: { outputs, check } }, { sse }) => {
  if (check.kind !== 'optimised') return undefined;
  const reference = outputs.sse as number | null;
  if (reference === null) return Number.isFinite(sse) ? undefined : 'neither refused nor finite';
  const allowed = reference * (1 + 1e-3);
  return (sse as number) <= allowed ? undefined : `sum of squares ${sse as number} above ${reference}`;
};

const exponentialSmoothing: GoldenMethod = {
  run(run) {
    const params = run.golden.params as unknown as SmoothingParams;
    if (run.golden.check.kind !== 'optimised') return recursion(run);
    return { sse: fitHoltWinters(part(run), formOf(params)).squaredErrors };
  },
  mayRefuse: ({ golden: { outputs, check } }) => check.kind === 'optimised' && outputs.sse === null,
  judge: notWorse,
};

const errorTrendSeason: GoldenMethod = {
  run(run) {
    const params = run.golden.params as unknown as SmoothingParams;
    return { sse: fitHoltWinters(part(run), formOf(params)).squaredErrors };
  },
  judge(run, result) {
    return notWorse(run, result) ?? intervalDiffers(run);
  },
};

/** The interval from the parameters of the reference: forecast ± z sqrt(variance). */
function intervalDiffers({ golden }: GoldenRun): string | undefined {
  const params = golden.params as unknown as SmoothingParams;
  const fitted = golden.outputs.params as Record<string, number>;
  const { forecast, piUpper, forecastVariance, mse } = golden.outputs as unknown as {
    forecast: number[];
    piUpper: number[];
    forecastVariance: number[];
    mse: number;
  };
  const alpha = fitted.smoothing_level!;
  const beta = (fitted.smoothing_trend ?? 0) / alpha;
  const parameters = { alpha, beta, gamma: fitted.smoothing_seasonal ?? 0, phi: fitted.damping_trend ?? 1 };
  const variance = holtWintersVariance(formOf(params), parameters, params.horizon).map((ratio) => ratio * mse);
  for (const [i, expected] of forecastVariance.entries()) {
    if (Math.abs(variance[i]! / expected - 1) > 1e-8) return `variance ${i}: expected ${expected}, got ${variance[i]}`;
    const upper = forecast[i]! + normalQuantile(0.975) * Math.sqrt(variance[i]!);
    if (Math.abs(upper / piUpper[i]! - 1) > 1e-8) return `upper end ${i}: expected ${piUpper[i]}, got ${upper}`;
  }
  return undefined;
}

export const smoothingMethods: GoldenMethods = {
  ExponentialSmoothing: exponentialSmoothing,
  'ETSModel.get_prediction(exact)': errorTrendSeason,
};
