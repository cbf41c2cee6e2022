import { classicalDecomposition, type DecompositionModel } from '../../lib/series/classical-decomposition';
import type { GoldenMethod, GoldenMethods } from './method';

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

export const decompositionMethods: GoldenMethods = {
  seasonal_decompose: seasonalDecompose,
  'seasonal_decompose(log(y))': seasonalDecompose,
};
