import type { NodeAPI } from '@node-red/registry';
import { AnalysisRunner } from '../../lib/series/analysis-runner';
import { anomalyRows, decompositionMessage, decompositionRows } from '../../lib/series/decomposition-rows';
import { parseSeries } from '../../lib/series/parse-series';
import { plainValue } from '../../lib/series/plain-value';
import { durationMs } from '../common/duration-ms';
import { asTwinError } from '../common/node-context';
import { registerNode } from '../common/register-node';
import { shortCount } from '../common/short-count';
import { statusOfError } from '../common/status-of-error';
import { definition } from './options';

export default function (RED: NodeAPI): void {
  registerNode(RED, definition, (context) => {
    const { key, stampKey, step, method, period, log, extrapolate, robust, form } = context.options;
    const { anomaliesOutput, anomaliesFrom } = context.options;
    const stepMs = durationMs(step);
    const grid = stepMs === undefined ? {} : { stepMs };
    const options = {
      method,
      period,
      log,
      extrapolate,
      robust,
      ...grid,
      ...(anomaliesOutput ? { anomaliesFrom } : {}),
    };
    const runner = new AnalysisRunner();
    context.status.show('idle', context.word('status.ready'));
    return {
      async input(message, flow) {
        try {
          const series = parseSeries(message.payload, { key, stampKey, ...grid });
          const job = runner.run<'decompose'>({ kind: 'decompose', series, options });
          if (runner.pending > 0) context.status.show('busy', context.word('status.computing'));
          const parts = await job;
          context.status.show(
            'connected',
            context.word('status.done', { count: shortCount(parts.times.length), period: parts.model.period }),
          );
          const payload = await (form === 'rows' ? decompositionRows(parts) : decompositionMessage(parts));
          const model = plainValue(parts.model);
          flow.send('components', { ...message, payload, model });
          if (parts.anomalies.length > 0) flow.send('anomalies', { ...message, payload: anomalyRows(parts), model });
        } catch (thrown) {
          context.status.show('failed', statusOfError(RED, asTwinError(thrown)));
          throw thrown;
        }
      },
      close: () => runner.close(),
    };
  });
}
