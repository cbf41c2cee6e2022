import type { SeriesForecast } from '../../lib/series/forecast-series';
import { plainNumbers } from '../../lib/series/plain-value';
import { thinnedPlaces } from '../../lib/series/thinned-places';
import type { Picture } from '../common/last-result';

/** Points of a line: as many as a form is wide. */
const MOST_POINTS = 300;

/** A forecast as the small picture of the form: what was measured, what is expected, the widest interval. */
export function forecastPicture(
  { times, values, intervals, history, model }: SeriesForecast,
  words: { readonly measured: string; readonly forecast: string; readonly caption: string },
): Picture {
  const places = thinnedPlaces(times.length, MOST_POINTS);
  const pick = (from: Float64Array) => plainNumbers(Float64Array.from(places, (i) => from[i]!));
  const ahead = places.map((i) => times[i]!);
  const widest = model.levels.indexOf(Math.max(...model.levels));
  const { lower, upper } = intervals[widest]!;
  return {
    caption: words.caption,
    panels: [
      {
        lines: [
          { name: words.measured, times: Array.from(history.times), values: plainNumbers(history.values) },
          { name: words.forecast, times: ahead, values: pick(values) },
        ],
        band: { times: ahead, lower: pick(lower), upper: pick(upper) },
      },
    ],
  };
}
