import type { NodeAPI } from '@node-red/registry';
import { messageOf, TwinError } from '../../lib/reading/twin-error';
import { AnalysisRunner } from '../../lib/series/analysis-runner';
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
import { stateOfNode, wasDeleted } from '../common/state-of-node';
import { statusOfError } from '../common/status-of-error';
import { Alerts } from './alert';
import { forecastOptions } from './forecast-options';
import { LiveInput, type KeptLive } from './live-input';
import { definition } from './options';
import { forecastPicture } from './picture';

type Definition = typeof definition;

/** Shortest time between two writes of the kept state: what came since is lost by a kill, not by a stop. */
const KEEP_EVERY_MS = 10_000;

export default function (RED: NodeAPI): void {
  registerNode(RED, definition, setup);
  serveLastResults(RED);
}

function setup(context: NodeContext<Definition>): NodeBehaviour<Definition> {
  const { input, key, stampKey, window, every, refitEvery, keep } = context.options;
  const options = forecastOptions(context.options);
  const runner = new AnalysisRunner();
  const source = { key, stampKey, ...(options.stepMs === undefined ? {} : { stepMs: options.stepMs }) };
  const alerts = new Alerts(context.options);
  const live = new LiveInput({ key, stampKey, window, every, refitEvery, forecast: options }, forecast);
  const state = input === 'readings' && keep ? stateOfNode(context, KEEP_EVERY_MS) : undefined;
  resume(state?.read());

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
    state?.changed(() => ({ live: live.snapshot(), raised: alerts.raised() }));
  }

  /** A state that another version kept, or a damaged one, is none: the node begins anew. */
  function resume(kept: unknown): void {
    if (typeof kept !== 'object' || kept === null) return;
    try {
      const { live: followed, raised } = kept as { live: KeptLive; raised: string[] };
      live.restore(followed);
      alerts.restore(raised);
    } catch (thrown) {
      context.mention(new TwinError('STATE_UNREADABLE', `the kept state is of no use: ${messageOf(thrown)}`));
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
    async close(removed) {
      await runner.close();
      await state?.close(removed && wasDeleted(context));
    },
  };
}
