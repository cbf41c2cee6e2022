import type { NodeAPI } from '@node-red/registry';
import { TwinError } from '../../lib/reading/twin-error';
import { AnalysisRunner } from '../../lib/series/analysis-runner';
import { forecastRows } from '../../lib/series/forecast-rows';
import type { SeriesForecast } from '../../lib/series/forecast-series';
import { LiveReadings } from '../../lib/series/live-readings';
import { parseSeries } from '../../lib/series/parse-series';
import { plainValue } from '../../lib/series/plain-value';
import type { Series } from '../../lib/series/series';
import type { FlowMessage } from '../common/message';
import { asTwinError, type NodeContext } from '../common/node-context';
import { asReading, readingsOf } from '../common/readings-of';
import { registerNode, type InputFlow, type NodeBehaviour } from '../common/register-node';
import { statusOfError } from '../common/status-of-error';
import { Alerts } from './alert';
import { forecastOptions } from './forecast-options';
import { definition } from './options';

type Definition = typeof definition;

export default function (RED: NodeAPI): void {
  registerNode(RED, definition, setup);
}

function setup(context: NodeContext<Definition>): NodeBehaviour<Definition> {
  const { input, key, stampKey, window, every } = context.options;
  const options = forecastOptions(context.options);
  const runner = new AnalysisRunner();
  const source = { key, stampKey, ...(options.stepMs === undefined ? {} : { stepMs: options.stepMs }) };
  const alerts = new Alerts(context.options);
  const live = new LiveReadings({ key, stampKey, window, every });

  async function forecast(series: Series): Promise<SeriesForecast> {
    const job = runner.run<'forecast'>({ kind: 'forecast', series, options });
    if (runner.pending > 0) context.status.show('busy', context.word('status.computing'));
    return job;
  }

  function answer(message: FlowMessage, flow: InputFlow<Definition>, result: SeriesForecast, board?: string): void {
    const { scores, method } = result.model;
    const model = context.word(`model.${method}`);
    const mase = scores?.mase ?? NaN;
    const text = Number.isNaN(mase) ? 'status.done' : 'status.scored';
    context.status.show(
      'connected',
      context.word(text, { model, mase: mase.toPrecision(3), count: result.times.length }),
    );
    const described = { ...(plainValue(result.model) as object), ...(board ? { source: board } : {}) };
    flow.send('forecast', { ...message, payload: forecastRows(result), model: described });
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
        const board = live.add(asReading(item));
        if (board !== undefined) due.add(board);
      } catch (thrown) {
        flow.reject({ ...message, payload: item }, asTwinError(thrown));
      }
    }
    for (const board of due) {
      try {
        answer(message, flow, await forecast(live.of(board).series()), board);
      } catch (thrown) {
        if (!(thrown instanceof TwinError && thrown.code === 'SERIES_TOO_SHORT')) throw thrown;
        context.status.show('idle', context.word('status.collecting', { count: live.of(board).length }));
      }
    }
  }

  context.status.show('idle', context.word('status.ready'));
  return {
    async input(message, flow) {
      try {
        await (input === 'series' ? takeSeries(message, flow) : takeReadings(message, flow));
      } catch (thrown) {
        context.status.show('failed', statusOfError(context.RED, asTwinError(thrown)));
        throw thrown;
      }
    },
    close: () => runner.close(),
  };
}
