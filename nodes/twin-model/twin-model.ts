import type { NodeAPI } from '@node-red/registry';
import { extended } from '../../lib/reading/extended';
import { MODEL_REPLY_TIME } from '../../lib/reading/keys';
import type { Reading } from '../../lib/reading/reading';
import { TwinModel } from '../../lib/twin/twin-model';
import { remembers } from '../../lib/twin/twin-model-options';
import type { KeptState } from '../common/kept-state';
import type { FlowMessage } from '../common/message';
import { type NodeContext, asTwinError } from '../common/node-context';
import { asReading, readingsOf } from '../common/readings-of';
import { type InputFlow, registerNode } from '../common/register-node';
import { shortCount } from '../common/short-count';
import { stateOfNode, wasDeleted } from '../common/state-of-node';
import { definition } from './options';

type Context = NodeContext<typeof definition>;

export default function (RED: NodeAPI): void {
  registerNode(RED, definition, (context) => {
    const model = new ModelNode(context);
    return {
      input: (message, flow) => model.take(message, flow),
      close: (removed) => model.close(removed),
    };
  });
}

class ModelNode {
  readonly #context: Context;
  readonly #model: TwinModel;
  readonly #state: KeptState | undefined;
  #computed = 0;
  #late = 0;

  constructor(context: Context) {
    const { options } = context;
    const { referenceTemperature: referenceC, activationEnergy, keep } = options;
    this.#context = context;
    this.#model = new TwinModel({ ...options, referenceC, activationEnergy: activationEnergy * 1000 });
    if (keep && remembers(options.model)) this.#state = stateOfNode(context);
    this.#model.restore(this.#state?.read());
    context.meter.gauge('sources', () => this.#model.sources);
    context.meter.gauge('late', () => this.#late);
    this.#show();
  }

  take(message: FlowMessage, flow: InputFlow<typeof definition>): void {
    const { reset } = message;
    if (reset === true || typeof reset === 'string') {
      this.#model.reset(reset === true ? undefined : reset);
      this.#keep();
      return;
    }
    const { items, batch } = readingsOf(message.payload);
    const answers: Reading[] = [];
    for (const item of items) {
      try {
        const answer = this.#answer(asReading(item));
        if (answer) answers.push(answer);
      } catch (thrown) {
        flow.reject({ ...message, payload: item }, asTwinError(thrown));
      }
    }
    this.#keep();
    this.#show();
    if (answers.length === 0) return;
    message.payload = batch ? answers : answers[0];
    flow.send('readings', message);
  }

  async close(removed: boolean): Promise<void> {
    await this.#state?.close(removed && wasDeleted(this.#context));
  }

  /** The reading with what the model adds; undefined for a repeat. */
  #answer(reading: Reading): Reading | undefined {
    const { stamp, replyStamp } = this.#context.options;
    const takenMs = Date.now();
    const { step, outputs } = this.#model.take(reading, takenMs);
    if (step === 'repeat') return undefined;
    if (step === 'advanced') this.#computed += 1;
    else this.#late += 1;
    const answer: Reading = extended(reading, outputs);
    if (stamp !== 'none') answer[stamp] = takenMs;
    if (replyStamp) answer[MODEL_REPLY_TIME] = Date.now();
    return answer;
  }

  #words(): string {
    const { sources } = this.#model;
    const count = shortCount(this.#computed);
    const late = shortCount(this.#late);
    if (this.#late > 0) return this.#context.word('status.late', { count, late });
    if (this.#computed > 0) return this.#context.word('status.computed', { count });
    return this.#context.word(sources > 0 ? 'status.kept' : 'status.none', { count: sources });
  }

  #keep(): void {
    this.#state?.changed(() => this.#model.snapshot());
  }

  #show(): void {
    this.#context.status.show(this.#computed + this.#late === 0 ? 'idle' : 'connected', () => this.#words());
  }
}
