import type { SeriesDecomposition } from '../../lib/series/decompose-series';
import { plainNumbers } from '../../lib/series/plain-value';
import { thinnedPlaces } from '../../lib/series/thinned-places';
import type { Picture } from '../common/last-result';

/** Points of a line: as many as a form is wide. */
const MOST_POINTS = 300;
const MOST_MARKS = 100;

/** A decomposition, thinned at once, as the four small panels of the form, anomalies marked. */
export function decompositionPicture(
  { times, observed, trend, seasonal, resid, anomalies }: SeriesDecomposition,
  words: { readonly names: readonly [string, string, string, string]; readonly caption: string },
): Picture {
  const places = thinnedPlaces(times.length, MOST_POINTS);
  const thin = places.map((i) => times[i]!);
  const marks = anomalies.slice(-MOST_MARKS).map(({ index, value }) => ({ time: times[index]!, value }));
  const panels = [observed, trend, seasonal, resid].map((part, k) => ({
    lines: [{ name: words.names[k]!, times: thin, values: plainNumbers(Float64Array.from(places, (i) => part[i]!)) }],
    ...(k === 0 && marks.length > 0 ? { marks } : {}),
  }));
  return { caption: words.caption, panels };
}
