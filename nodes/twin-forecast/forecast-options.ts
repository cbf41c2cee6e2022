import { TwinError } from '../../lib/reading/twin-error';
import type { ForecastOptions } from '../../lib/series/forecast-series';
import type { OptionsOf } from '../common/definition';
import { durationMs } from '../common/duration-ms';
import type { definition } from './options';

/**
 * The node's options as the forecast takes them: per cent as shares, empty fields absent.
 * @throws TwinError OPTION_INVALID where two options do not fit together
 */
export function forecastOptions(options: OptionsOf<typeof definition>): ForecastOptions {
  const { method, degree, trend, season, period, horizon, calibrate, evaluation, folds, seed } = options;
  const { transform, backTransform } = options;
  const cutAtLevelChange = options.cutAtLevelChange && evaluation === 'back-test';
  const levels = options.levels.split(',').map((level) => Number(level) / 100);
  if (!levels.every((level) => level > 0 && level < 1)) {
    throw new TwinError(
      'OPTION_INVALID',
      `twin-forecast: interval levels must lie between 0 and 100 %, got "${options.levels}"`,
    );
  }
  if (evaluation === 'shuffled' && method !== 'linear' && method !== 'polynomial') {
    throw new TwinError(
      'OPTION_INVALID',
      `twin-forecast: a shuffled part can judge linear and polynomial only, not ${method}`,
    );
  }
  const stepMs = durationMs(options.step);
  const [floor, ceiling] = [limit(options.floor), limit(options.ceiling)];
  if (floor !== undefined && ceiling !== undefined && floor >= ceiling) {
    throw new TwinError('OPTION_INVALID', `twin-forecast: the floor ${floor} must lie below the ceiling ${ceiling}`);
  }
  return {
    ...{
      method,
      degree,
      trend,
      season,
      period,
      horizon,
      levels,
      calibrate,
      evaluation,
      folds,
      seed,
      testShare: options.testShare / 100,
      transform,
      backTransform,
      cutAtLevelChange,
    },
    ...(stepMs === undefined ? {} : { stepMs }),
    ...(floor === undefined ? {} : { floor }),
    ...(ceiling === undefined ? {} : { ceiling }),
  };
}

function limit(text: string): number | undefined {
  return text.trim() === '' ? undefined : Number(text);
}
