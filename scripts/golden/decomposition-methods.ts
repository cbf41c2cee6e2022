import { classicalDecomposition, type DecompositionModel } from '../../lib/series/classical-decomposition';
import { fillGaps } from '../../lib/series/fill-gaps';
import { mstl } from '../../lib/series/mstl';
import { robustSpread } from '../../lib/series/robust-spread';
import { stl, type StlOptions } from '../../lib/series/stl';
import type { GoldenMethod, GoldenMethods, GoldenRun } from './method';

const seasonalDecompose: GoldenMethod = {
  run({ golden, values }) {
    const { model, period, two_sided, extrapolate_trend, transform } = golden.params as {
      model: DecompositionModel;
      period: number;
      two_sided?: boolean;
      extrapolate_trend?: number | 'freq';
      transform?: 'ln';
    };
    const parts = classicalDecomposition(transform === 'ln' ? values.map(Math.log) : values, {
      model,
      period,
      twoSided: two_sided ?? true,
      extrapolateTrend: extrapolate_trend === 'freq' ? 'period' : (extrapolate_trend ?? 0),
    });
    return { trend: parts.trend, seasonalCycle: parts.seasonal.slice(0, period), resid: parts.resid };
  },
};

/** The names of statsmodels beside ours. */
const STL_NAMES = {
  period: 'period',
  seasonal: 'seasonal',
  trend: 'trend',
  seasonal_deg: 'seasonalDegree',
  trend_deg: 'trendDegree',
  low_pass_deg: 'lowPassDegree',
  seasonal_jump: 'seasonalJump',
  trend_jump: 'trendJump',
  low_pass_jump: 'lowPassJump',
  robust: 'robust',
  inner_iter: 'innerIterations',
  outer_iter: 'outerIterations',
} as const;

function stlOptions(params: Record<string, unknown>): StlOptions {
  const known = Object.entries(STL_NAMES).filter(([name]) => params[name] !== undefined);
  return Object.fromEntries(known.map(([name, ours]) => [ours, params[name]])) as unknown as StlOptions;
}

const seasonalTrendLoess: GoldenMethod = {
  ignored: { config: 'the windows that statsmodels chose; the results show that ours are the same' },
  run: ({ golden, values }) => {
    const { seasonal, trend, weights } = stl(values, stlOptions(golden.params));
    return { seasonal, trend, weights };
  },
  mayRefuse: ({ golden }) => /refuse|raises|record only/.test(golden.check.rule ?? ''),
  judge({ golden, values }, { seasonal, trend }) {
    if (golden.check.kind !== 'behaviour') return undefined;
    const level = values[0]!;
    const calm = Array.from(seasonal as Float64Array).every((value) => Math.abs(value) < 1e-9 * Math.abs(level));
    const flat = Array.from(trend as Float64Array).every((value) => Math.abs(value / level - 1) < 1e-9);
    return calm && flat ? undefined : `not as the rule says: ${golden.check.rule}`;
  },
};

const anomalies: GoldenMethod = {
  run({ golden, values }) {
    const { resid } = stl(values, stlOptions(golden.params));
    const { median, mad, sigma } = robustSpread(resid);
    return { median, mad, scores: resid.map((value) => Math.abs(value - median) / sigma) };
  },
  judge({ golden }, result) {
    const scores = result.scores as Float64Array;
    const { threshold } = golden.params as { threshold: number };
    const { flagged, injected = [] } = golden.outputs as { flagged: number[]; injected?: number[] };
    const close = (i: number) => Math.abs(scores[i]! - threshold) <= 1e-6;
    const wrong = Array.from(scores.keys()).filter((i) => scores[i]! > threshold !== flagged.includes(i) && !close(i));
    if (wrong.length > 0) return `flagged otherwise: ${wrong.join(', ')}`;
    const missed = injected.filter((i) => scores[i]! <= threshold);
    return missed.length > 0 ? `injected but not flagged: ${missed.join(', ')}` : undefined;
  },
};

export const decompositionMethods: GoldenMethods = {
  seasonal_decompose: seasonalDecompose,
  'seasonal_decompose(log(y))': seasonalDecompose,
  STL: seasonalTrendLoess,
  'STL after linear fill': {
    run: (run: GoldenRun) => seasonalTrendLoess.run({ ...run, values: fillGaps(run.values, 'linear') }),
  },
  MSTL: {
    run({ golden, values }) {
      const { periods, windows, iterate } = golden.params as { periods: number[]; windows: number[]; iterate: number };
      const { seasonals, trend } = mstl(values, { ...stlOptions(golden.params), periods, windows, iterate });
      return { seasonals: [...seasonals], trend };
    },
  },
  'robust STL residual, modified z-score': anomalies,
};
