import type { NodeAPI } from '@node-red/registry';
import { AnalysisRunner } from '../../lib/series/analysis-runner';
import { decompositionMessage, decompositionRows } from '../../lib/series/decomposition-rows';
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
    const { key, stampKey, step, method, period, log, extrapolate, form } = context.options;
    const stepMs = durationMs(step);
    const grid = stepMs === undefined ? {} : { stepMs };
    const options = { method, period, log, extrapolate, ...grid };
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
          const payload = form === 'rows' ? decompositionRows(parts) : decompositionMessage(parts);
          flow.send('components', { ...message, payload, model: plainValue(parts.model) });
        } catch (thrown) {
          context.status.show('failed', statusOfError(RED, asTwinError(thrown)));
          throw thrown;
        }
      },
      close: () => runner.close(),
    };
  });
}
