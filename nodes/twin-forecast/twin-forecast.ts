import type { NodeAPI } from '@node-red/registry';
import { TwinError } from '../../lib/reading/twin-error';
import { forecastRows } from '../../lib/series/forecast-rows';
import type { SeriesForecast } from '../../lib/series/forecast-series';
import { parseSeries } from '../../lib/series/parse-series';
import { plainValue } from '../../lib/series/plain-value';
import type { Series } from '../../lib/series/series';
import { serveLastResults, setLastResult } from '../common/last-result';
import type { FlowMessage } from '../common/message';
import { asTwinError, type NodeContext } from '../common/node-context';
import { asReading, readingsOf } from '../common/readings-of';
import { registerNode, type InputFlow, type NodeBehaviour } from '../common/register-node';
import { SeriesWork } from '../common/series-work';
import { Alerts } from './alert';
import { forecastOptions } from './forecast-options';
import { LiveInput, type KeptLive } from './live-input';
import { definition } from './options';
import { forecastPicture } from './picture';

type Definition = typeof definition;

export default function (RED: NodeAPI): void {
  registerNode(RED, definition, setup);
  serveLastResults(RED);
}

function setup(context: NodeContext<Definition>): NodeBehaviour<Definition> {
  const { input, key, stampKey, window, every, refitEvery } = context.options;
  const options = forecastOptions(context.options);
  const work = new SeriesWork(context, context.options);
  const source = { key, stampKey, ...(options.stepMs === undefined ? {} : { stepMs: options.stepMs }) };
  const alerts = new Alerts(context.options);
  const live = new LiveInput({ key, stampKey, window, every, refitEvery, forecast: options }, forecast);
  work.resume((kept) => {
    const { live: followed, raised } = kept as { live: KeptLive; raised: string[] };
    live.restore(followed);
    alerts.restore(raised);
  });

  function forecast(series: Series): Promise<SeriesForecast> {
    return work.run<'forecast'>({ kind: 'forecast', series, options });
  }

  function answer(message: FlowMessage, flow: InputFlow<Definition>, result: SeriesForecast, board?: string): void {
    const { scores, method } = result.model;
    const model = context.word(`model.${method}`);
    const mase = scores?.mase ?? NaN;
    const text = Number.isNaN(mase) ? 'status.done' : 'status.scored';
    const caption = context.word(text, { model, mase: mase.toPrecision(3), count: result.times.length });
    context.status.show('connected', caption);
    const words = { measured: context.word('picture.measured'), forecast: context.word('picture.forecast'), caption };
    setLastResult(context.node, () => forecastPicture(result, words));
    const described = { ...(plainValue(result.model) as object), ...(board ? { source: board } : {}) };
    flow.send('forecast', { ...message, payload: forecastRows(result), model: described, backTest: result.backTest });
    const alert = alerts.of(result, board);
    if (alert) flow.send('alert', { ...message, payload: alert });
  }

  async function takeSeries(message: FlowMessage, flow: InputFlow<Definition>): Promise<void> {
    answer(message, flow, await forecast(parseSeries(message.payload, source)));
  }

  async function takeReadings(message: FlowMessage, flow: InputFlow<Definition>): Promise<void> {
    const due = new Set<string>();
    for (const item of readingsOf(message.payload).items) {
      try {
        const board = live.take(asReading(item));
        if (board !== undefined) due.add(board);
      } catch (thrown) {
        flow.reject({ ...message, payload: item }, asTwinError(thrown));
      }
    }
    for (const board of due) {
      try {
        const result = await live.forecast(board);
        if (result) answer(message, flow, result, board);
      } catch (thrown) {
        if (!(thrown instanceof TwinError && thrown.code === 'SERIES_TOO_SHORT')) throw thrown;
        context.status.show('idle', context.word('status.collecting', { count: live.count(board) }));
      }
    }
    work.changed(() => ({ live: live.snapshot(), raised: alerts.raised() }));
  }

  return work.behaviour(input === 'series' ? takeSeries : takeReadings);
}
