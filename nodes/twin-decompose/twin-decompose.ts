import type { NodeAPI } from '@node-red/registry';
import { TwinError } from '../../lib/reading/twin-error';
import type { DecomposeOptions, SeriesDecomposition } from '../../lib/series/decompose-series';
import {
  anomalyRows,
  decompositionMessage,
  decompositionRows,
  levelChangeRows,
} from '../../lib/series/decomposition-rows';
import { parseSeries } from '../../lib/series/parse-series';
import { plainValue } from '../../lib/series/plain-value';
import type { Series } from '../../lib/series/series';
import { durationMs } from '../common/duration-ms';
import { serveLastResults, setLastResult } from '../common/last-result';
import type { FlowMessage } from '../common/message';
import { asTwinError, type NodeContext } from '../common/node-context';
import { asReading, readingsOf } from '../common/readings-of';
import { registerNode, type InputFlow, type NodeBehaviour } from '../common/register-node';
import { SeriesWork } from '../common/series-work';
import { shortCount } from '../common/short-count';
import { LiveInput, type KeptLive, type ScoredOfSource } from './live-input';
import { definition } from './options';
import { decompositionPicture } from './picture';

type Definition = typeof definition;

export default function (RED: NodeAPI): void {
  registerNode(RED, definition, setup);
  serveLastResults(RED);
}

function setup(context: NodeContext<Definition>): NodeBehaviour<Definition> {
  const { input, key, stampKey, step, form, anomaliesFrom, window, every } = context.options;
  const stepMs = durationMs(step);
  const grid = stepMs === undefined ? {} : { stepMs };
  const options = { ...decomposeOptions(context), ...grid };
  const work = new SeriesWork(context, context.options);
  const live = new LiveInput({ key, stampKey, window, every }, JSON.stringify({ key, stampKey, options }), decompose);
  work.resume((kept) => live.restore(kept as KeptLive));

  function decompose(series: Series): Promise<SeriesDecomposition> {
    return work.run<'decompose'>({ kind: 'decompose', series, options });
  }

  async function answer(
    message: FlowMessage,
    flow: InputFlow<Definition>,
    parts: SeriesDecomposition,
    source = '',
  ): Promise<void> {
    const { times, model: made } = parts;
    const caption = context.word('status.done', { count: shortCount(times.length), period: made.period });
    context.status.show('connected', caption);
    const word = (part: string): string => context.word(`picture.${part}`);
    const names = [word('observed'), word('trend'), word('seasonal'), word('resid')] as const;
    const picture = decompositionPicture(parts, { names, caption });
    setLastResult(context.node, () => picture);
    const payload = await (form === 'rows' ? decompositionRows(parts) : decompositionMessage(parts));
    const levelChanges = context.options.levelChanges ? { levelChanges: levelChangeRows(parts) } : {};
    const model = { ...(plainValue(made) as object), ...levelChanges, ...(source ? { source } : {}) };
    const anomalies = context.options.anomaliesOutput ? { anomalies: anomalyRows(parts) } : {};
    flow.send('components', { ...message, payload, model, ...anomalies });
    // Live, each anomaly is told when it comes, not again with every decomposition that holds it.
    if (input === 'series' && parts.anomalies.length > 0)
      flow.send('anomalies', { ...message, payload: anomalyRows(parts), model });
  }

  async function takeSeries(message: FlowMessage, flow: InputFlow<Definition>): Promise<void> {
    await answer(message, flow, await decompose(parseSeries(message.payload, { key, stampKey, ...grid })));
  }

  async function takeReadings(message: FlowMessage, flow: InputFlow<Definition>): Promise<void> {
    const due = new Set<string>();
    const scored: ScoredOfSource[] = [];
    for (const item of readingsOf(message.payload).items) {
      try {
        const taken = live.take(asReading(item));
        if (taken.scored) scored.push(taken.scored);
        if (taken.due !== undefined) due.add(taken.due);
      } catch (thrown) {
        flow.reject({ ...message, payload: item }, asTwinError(thrown));
      }
    }
    const rows = scored.map((row) => plainValue(row) as object);
    if (rows.length > 0) flow.send('scored', { ...message, payload: rows });
    const strange = rows.filter((_, i) => Math.abs(scored[i]!.score) >= anomaliesFrom);
    if (strange.length > 0) flow.send('anomalies', { ...message, payload: strange });
    for (const source of due) await renew(message, flow, source);
    work.changed(() => live.snapshot());
  }

  /** Once more where many readings came meanwhile. */
  async function renew(message: FlowMessage, flow: InputFlow<Definition>, source: string): Promise<void> {
    while (live.isDue(source)) {
      try {
        const parts = await live.renew(source);
        if (parts) await answer(message, flow, parts, source);
      } catch (thrown) {
        if (!(thrown instanceof TwinError && NOT_YET.has(thrown.code))) throw thrown;
        context.status.show('idle', context.word('status.collecting', { count: live.count(source) }));
      }
    }
  }

  return work.behaviour(input === 'series' ? takeSeries : takeReadings);
}

/** Live: there are too few readings so far, which is no error. */
const NOT_YET = new Set(['SERIES_TOO_SHORT', 'SERIES_NO_SEASON']);

function decomposeOptions({ options }: NodeContext<Definition>): DecomposeOptions {
  const { method, period, log, extrapolate, robust, anomaliesOutput, anomaliesFrom, levelChanges } = options;
  const wanted = anomaliesOutput ? { anomaliesFrom } : {};
  return { method, period, log, extrapolate, robust, levelChanges, ...wanted };
}
