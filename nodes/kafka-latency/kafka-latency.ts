import { hostname } from 'node:os';
import type { NodeAPI } from '@node-red/registry';
import { EpochClock } from '../../lib/latency/epoch-clock';
import { registerNode } from '../common/register-node';
import { ClockAnswers } from './clock-answers';
import { Delays } from './delays';
import { definition } from './options';

export default function (RED: NodeAPI): void {
  const clock = new EpochClock();
  registerNode(RED, definition, (context) => {
    if (context.options.mode === 'answer') {
      const answers = new ClockAnswers(context, clock, context.options.machine || hostname());
      return { input: (message, flow) => answers.take(message, flow) };
    }
    const delays = new Delays(context, clock);
    return {
      input: (message, flow) => delays.take(message, flow),
      close: () => delays.close(),
    };
  });
}
