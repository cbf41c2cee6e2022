import { evaluatePolynomial, type PolynomialFit } from '../../lib/series/polynomial-fit';
import { autocorrelation } from '../../lib/series/autocorrelation';
import { backTest, type ForecastFunction } from '../../lib/series/back-test';
import { drift } from '../../lib/series/drift';
import { forecastScores } from '../../lib/series/forecast-scores';
import { intervalCoverage } from '../../lib/series/interval-coverage';
import { detectPeriod } from '../../lib/series/period-detection';
import { linearRegression } from '../../lib/series/linear-regression';
import { meanAbsoluteScaledError } from '../../lib/series/mean-absolute-scaled-error';
import { periodogram } from '../../lib/series/periodogram';
import { leverage } from '../../lib/series/polynomial-fit';
import { polynomialRegression } from '../../lib/series/polynomial-regression';
import { powerCoefficients } from '../../lib/series/power-coefficients';
import { meanInterval, predictionInterval } from '../../lib/series/prediction-interval';
import { rSquared } from '../../lib/series/r-squared';
import { seasonalNaive } from '../../lib/series/seasonal-naive';
import { studentTQuantile } from '../../lib/series/student-t-quantile';
import { trainTestSplit } from '../../lib/series/train-test-split';
import type { GoldenMethod, GoldenMethods, GoldenRun } from './method';

function fit(x: Float64Array, y: Float64Array, degree: number): PolynomialFit {
  return degree === 1 ? linearRegression(x, y) : polynomialRegression(x, y, degree);
}

function indices(from: number, to: number): Float64Array {
  return Float64Array.from({ length: to - from }, (_, i) => from + i);
}

function at(fitted: PolynomialFit, x: Iterable<number>): Float64Array {
  return Float64Array.from(x, (value) => evaluatePolynomial(fitted, value));
}

/** Fit on one part, scored on the other; the shuffled split is drawn anew from its seed. */
const splitRegression: GoldenMethod = {
  run({ golden, values }: GoldenRun) {
    const { degree, test_size, shuffle, random_state } = golden.params as {
      degree: number;
      test_size: number;
      shuffle: boolean;
      random_state?: number;
    };
    const { train, test } = trainTestSplit(values.length, test_size, shuffle ? random_state : undefined);
    const pick = (part: Uint32Array) => Float64Array.from(part, (i) => values[i]!);
    const fitted = fit(Float64Array.from(train), pick(train), degree);
    const predTest = at(fitted, test);
    const metrics = golden.outputs.metricsTest as { masePeriod?: number };
    const period = metrics.masePeriod;
    const scores = forecastScores(pick(test), predTest, period ? { values: pick(train), period } : undefined);
    return {
      coefLowToHigh: powerCoefficients(fitted).coefficients,
      r2Train: rSquared(pick(train), at(fitted, train)),
      r2Test: scores.r2,
      predTest,
      metricsTest: {
        ...scores,
        masePeriod: period ?? NaN,
        maseNaive: meanAbsoluteScaledError(pick(test), predTest, pick(train), 1),
      },
    };
  },
};

const ols: GoldenMethod = {
  run({ golden, values }) {
    const { degree, fit_slice, predict_x, alpha } = golden.params as {
      degree: number;
      fit_slice: [number, number];
      predict_x: [number, number];
      alpha: number;
    };
    const fitted = fit(indices(...fit_slice), values.slice(...fit_slice), degree);
    const { coefficients, standardErrors } = powerCoefficients(fitted);
    const n = fitted.points;
    const dfResid = n - coefficients.length;
    const rsquared = 1 - fitted.residualSquares / fitted.totalSquares;
    const sigma2 = fitted.residualSquares / dfResid;
    const logLikelihood = (-n / 2) * (Math.log(2 * Math.PI) + Math.log(fitted.residualSquares / n) + 1);
    const ahead = Array.from(indices(...predict_x));
    const hold = golden.outputs.metricsHold as { masePeriod: number } | undefined;
    const single = ahead.map((x) => predictionInterval(fitted, x, 1 - alpha));
    const mean = ahead.map((x) => meanInterval(fitted, x, 1 - alpha));
    return {
      params: coefficients,
      bse: standardErrors,
      sigma2,
      dfResid,
      rsquared,
      rsquaredAdj: 1 - ((1 - rsquared) * (n - 1)) / dfResid,
      aic: -2 * logLikelihood + 2 * coefficients.length,
      bic: -2 * logLikelihood + Math.log(n) * coefficients.length,
      tCrit: studentTQuantile(1 - alpha / 2, dfResid),
      mean: mean.map(({ value }) => value),
      meanSe: ahead.map((x) => Math.sqrt(sigma2 * leverage(fitted, x))),
      meanCiLower: mean.map(({ lower }) => lower),
      meanCiUpper: mean.map(({ upper }) => upper),
      obsCiLower: single.map(({ lower }) => lower),
      obsCiUpper: single.map(({ upper }) => upper),
      ...(hold
        ? {
            metricsHold: holdScores(values, fit_slice[1], at(fitted, ahead), hold.masePeriod),
            coverage95: intervalCoverage(
              values.slice(...predict_x),
              Float64Array.from(single, ({ lower }) => lower),
              Float64Array.from(single, ({ upper }) => upper),
            ),
          }
        : {}),
    };
  },
};

function holdScores(values: Float64Array, origin: number, predicted: Float64Array, masePeriod: number) {
  const training = values.subarray(0, origin);
  const actual = values.subarray(origin, origin + predicted.length);
  return {
    ...forecastScores(actual, predicted, { values: training, period: masePeriod }),
    masePeriod,
    maseNaive: meanAbsoluteScaledError(actual, predicted, training, 1),
  };
}

const wholeRegression: GoldenMethod = {
  run({ golden, values }) {
    const { degree } = golden.params as { degree: number };
    const x = indices(0, values.length);
    const fitted = fit(x, values, degree);
    const next = predictionInterval(fitted, values.length, 0.95);
    const pred = at(fitted, x);
    const r2 = rSquared(values, pred);
    const constant = fitted.totalSquares === 0;
    return {
      pred,
      r2,
      next: [next.value],
      obsCiLower: [next.lower],
      obsCiUpper: [next.upper],
      olsRsquared: constant ? NaN : r2,
    };
  },
};

const exactRegression: GoldenMethod = {
  run({ golden, values, times }) {
    const { degree, predict_x, x } = golden.params as { degree: number; predict_x: number[]; x?: string };
    const xs = x === 'epoch ms' ? times : indices(0, values.length);
    const fitted = fit(xs, values, degree);
    return {
      pred: at(fitted, predict_x),
      r2: rSquared(values, at(fitted, xs)),
      slope: powerCoefficients(fitted).coefficients[1] ?? 0,
    };
  },
  judge({ golden: { outputs, check } }, { slope, r2 }) {
    const slopeOff = Math.abs((slope as number) / (outputs.slope as number) - 1);
    if (check.slopeRel !== undefined && !(slopeOff <= check.slopeRel)) return `slope off by ${slopeOff}`;
    const r2Off = Math.abs((r2 as number) - (outputs.r2 as number));
    return check.r2Abs !== undefined && !(r2Off <= check.r2Abs) ? `r2 off by ${r2Off}` : undefined;
  },
};

const backTests: Record<string, (period: number) => ForecastFunction> = {
  naive: () => (training, horizon) => seasonalNaive(training, 1, horizon),
  seasonalNaive: (period) => (training, horizon) => seasonalNaive(training, period, horizon),
  drift: () => drift,
  linear: () => (training, horizon) => {
    const fitted = linearRegression(indices(0, training.length), training);
    return at(fitted, indices(training.length, training.length + horizon));
  },
};

const rollingOrigin: GoldenMethod = {
  run({ golden, values }) {
    const { method, horizon, origins, period } = golden.params as {
      method: string;
      horizon: number;
      origins: number[];
      period: number;
    };
    const forecast = backTests[method];
    if (!forecast) throw new Error(`no method ${method}`);
    const folds = backTest(values, forecast(period), { horizon, origins, period });
    const mean = (numbers: number[]) => numbers.reduce((sum, value) => sum + value, 0) / numbers.length;
    return {
      folds: folds.map(({ origin, forecast: predicted, actual, scores }) => ({
        origin,
        forecast: predicted,
        metrics: {
          ...scores,
          masePeriod: period,
          maseNaive: meanAbsoluteScaledError(actual, predicted, values.subarray(0, origin), 1),
        },
      })),
      meanMae: mean(folds.map(({ scores }) => scores.mae)),
      meanMase: mean(folds.map(({ scores }) => scores.mase)),
    };
  },
};

const acf: GoldenMethod = {
  run({ golden, values }) {
    const { nlags } = golden.params as { nlags: number };
    return { acf: autocorrelation(values, nlags), whiteNoiseBound95: 1.959963984540054 / Math.sqrt(values.length) };
  },
  judge: ({ golden }, { acf: result }) =>
    golden.check.kind === 'behaviour' && !Array.from(result as Float64Array).every(Number.isNaN)
      ? 'not all undefined'
      : undefined,
};

const acfOfResidual: GoldenMethod = {
  run(run) {
    const x = indices(0, run.values.length);
    const line = linearRegression(x, run.values);
    return acf.run({ ...run, values: run.values.map((value, i) => value - evaluatePolynomial(line, i)) });
  },
};

const strongestFrequencies: GoldenMethod = {
  run({ values }) {
    const { frequencies, powers } = periodogram(values);
    const top = Array.from(powers.keys())
      .sort((a, b) => powers[b]! - powers[a]!)
      .slice(0, 5);
    return {
      topFreq: top.map((k) => frequencies[k]!),
      topPeriod: top.map((k) => 1 / frequencies[k]!),
      topPower: top.map((k) => powers[k]!),
    };
  },
};

const periodFound: GoldenMethod = {
  run: ({ values }) => ({ period: detectPeriod(values)?.period ?? 1 }),
  judge({ golden }, { period }) {
    const { acceptable } = golden.outputs as { acceptable: number[] };
    const good = acceptable.length === 0 ? period === 1 : acceptable.includes(period as number);
    return good ? undefined : `found ${period as number}, expected ${acceptable.join(' or ') || 'none'}`;
  },
};

export const regressionMethods: GoldenMethods = {
  LinearRegression: splitRegression,
  'PolynomialFeatures(2)+LinearRegression': splitRegression,
  'LinearRegression+OLS': wholeRegression,
  'OLS.get_prediction': ols,
  'least squares, x = epoch ms (raw)': exactRegression,
  'least squares': exactRegression,
  'least squares on real timestamps': exactRegression,
  'expanding-window rolling origin': rollingOrigin,
  acf,
  'acf(residual of linear fit)': acfOfResidual,
  'scipy.signal.periodogram': strongestFrequencies,
  'period detection target': periodFound,
};
