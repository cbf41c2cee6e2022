import { echoMessage } from '../../lib/latency/echo-message';
import type { EpochClock } from '../../lib/latency/epoch-clock';
import type { FlowMessage } from '../common/message';
import { type NodeContext, asTwinError } from '../common/node-context';
import { asReading, readingsOf } from '../common/readings-of';
import type { InputFlow } from '../common/register-node';
import { shortCount } from '../common/short-count';
import type { definition } from './options';

/** Answers the requests of other machines with the time of this one. */
export class ClockAnswers {
  readonly #context: NodeContext<typeof definition>;
  readonly #clock: EpochClock;
  readonly #machine: string;
  #answered = 0;

  constructor(context: NodeContext<typeof definition>, clock: EpochClock, machine: string) {
    this.#context = context;
    this.#clock = clock;
    this.#machine = machine;
    context.status.show('idle', context.word('status.unasked'));
  }

  take(message: FlowMessage, flow: InputFlow<typeof definition>): void {
    const T2 = this.#clock.now();
    const { items, batch } = readingsOf(message.payload);
    const answers: object[] = [];
    for (const item of items) {
      try {
        const { Echo, Echo_Id } = echoMessage(asReading(item));
        // Requests and answers may share a topic; an answer, our own too, is none of ours.
        if (Echo === 'request') {
          answers.push({ Echo: 'answer', Echo_Id, Machine: this.#machine, T2, T3: this.#clock.now() });
        }
      } catch (thrown) {
        flow.reject({ ...message, payload: item }, asTwinError(thrown));
      }
    }
    if (answers.length === 0) return;
    this.#answered += answers.length;
    message.payload = batch ? answers : answers[0];
    flow.send('answer', message);
    this.#context.status.show(
      'connected',
      this.#context.word('status.answered', { count: shortCount(this.#answered) }),
    );
  }
}
