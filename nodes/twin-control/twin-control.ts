import { randomUUID } from 'node:crypto';
import type { NodeAPI } from '@node-red/registry';
import type { TwinError } from '../../lib/reading/twin-error';
import { systemClock } from '../../lib/twin/control-clock';
import { ControlGroup } from '../../lib/twin/control-group';
import type { Command, ControlLoop } from '../../lib/twin/control-loop';
import { TrackedSource } from '../common/completion/tracked-source';
import type { KeptState } from '../common/kept-state';
import type { FlowMessage } from '../common/message';
import { type NodeContext, asTwinError } from '../common/node-context';
import { readingsOf } from '../common/readings-of';
import { type InputFlow, registerNode } from '../common/register-node';
import { stateOfNode, wasDeleted } from '../common/state-of-node';
import { commandMessage } from './command-message';
import { controlRequest, measuredReading } from './control-input';
import { controlStatus } from './control-status';
import { definition } from './options';

type Context = NodeContext<typeof definition>;

/** What the node's report counts of its loops. */
const GAUGES: Readonly<Record<string, (loop: ControlLoop) => boolean>> = {
  sources: () => true,
  on: ({ state, decided }) => decided && state === 'on',
  stale: ({ reason }) => reason === 'stale',
  unconfirmed: ({ decided, confirmed }) => decided && !confirmed,
};

export default function (RED: NodeAPI): void {
  registerNode(RED, definition, (context) => {
    const control = new ControlNode(context);
    return {
      input: (message, flow) => control.take(message, flow),
      close: (removed) => control.close(removed),
    };
  });
}

class ControlNode {
  readonly #context: Context;
  readonly #group: ControlGroup;
  /** Learns when the flow has finished with a command. */
  readonly #tracked: TrackedSource | undefined;
  /** The state of each source, for the minimum times after a deploy. */
  readonly #state: KeptState | undefined;
  #old = false;
  #closed = false;

  constructor(context: Context) {
    const { RED, options } = context;
    const { key, timeKey, mode, onAt, offAt, safe, staleSeconds, acknowledge, acknowledgeSeconds, retries } = options;
    const acknowledgeMs = acknowledge === 'none' ? 0 : acknowledgeSeconds * 1000;
    this.#context = context;
    this.#group = new ControlGroup({
      ...{ key, timeKey, clock: systemClock, makeId: randomUUID },
      law: {
        ...{ mode, onAt, offAt, safe },
        staleMs: staleSeconds === 0 ? Infinity : staleSeconds * 1000,
        minOnMs: options.minOnSeconds * 1000,
        minOffMs: options.minOffSeconds * 1000,
      },
      command: {
        ...{ acknowledgeMs, retries },
        expiryMs: options.expirySeconds * 1000,
        repeatMs: options.repeatSeconds * 1000,
      },
    });
    this.#state = stateOfNode(context);
    this.#group.restore(this.#state?.read());
    for (const [name, counts] of Object.entries(GAUGES)) {
      context.meter.gauge(name, () => [...this.#group.loops.values()].filter(counts).length);
    }
    if (acknowledge === 'flow') this.#tracked = new TrackedSource(RED, acknowledgeMs);
    // A turn of the event loop later: else the reading that led to the command would not be done before the command is.
    this.#group.on('command', (source, command) => setImmediate(() => this.#send(source, command)));
    this.#group.on('unacknowledged', (source, command, error) => this.#giveUp(source, command, error));
    this.#group.on('changed', () => {
      this.#state?.changed(() => this.#group.snapshot());
      this.#show();
    });
    this.#show();
  }

  take(message: FlowMessage, flow: InputFlow<typeof definition>): void {
    const request = controlRequest(message);
    if (request.kind === 'override') {
      const { state, seconds = this.#context.options.overrideSeconds, source } = request;
      this.#group.override(state, seconds * 1000, source);
    } else if (request.kind === 'receipt') {
      if (request.failure === undefined) this.#group.acknowledge(request.commandId);
      else this.#group.fail(request.commandId, request.failure);
    } else this.#measure(message, flow);
  }

  async close(removed: boolean): Promise<void> {
    this.#closed = true;
    const states = this.#group.snapshot();
    this.#group.close();
    this.#tracked?.close();
    this.#state?.changed(() => states);
    await this.#state?.close(removed && wasDeleted(this.#context));
  }

  #measure(message: FlowMessage, flow: InputFlow<typeof definition>): void {
    for (const item of readingsOf(message.payload).items) {
      try {
        const taken = this.#group.take(measuredReading(item, this.#context.options.key));
        if (taken !== 'repeat') this.#old = taken === 'old';
      } catch (thrown) {
        flow.reject({ ...message, payload: item }, asTwinError(thrown));
      }
    }
    this.#show();
  }

  #send(source: string, command: Command): void {
    if (this.#closed) return;
    const message = commandMessage(source, command, this.#context.options);
    if (!this.#tracked) {
      this.#context.send('command', message);
      return;
    }
    this.#tracked.send(
      message,
      (tracked) => this.#context.send('command', tracked),
      ({ failed, unconfirmed, stopped }) => {
        if (failed + unconfirmed === 0 && !stopped) this.#group.acknowledge(command.id);
        else this.#group.fail(command.id, 'a node behind this one ended the command with an error, or not at all');
      },
    );
  }

  #giveUp(source: string, command: Command, error: TwinError): void {
    const message = commandMessage(source, command, this.#context.options);
    if (!this.#context.reject(message, error)) this.#context.mention(error);
  }

  #show(): void {
    if (this.#closed) return;
    const { kind, word, params } = controlStatus([...this.#group.loops.values()], this.#old);
    const { state } = params;
    const named =
      state === 'on' || state === 'off' ? { ...params, state: this.#context.word(`status.${state}`) } : params;
    this.#context.status.show(kind, this.#context.word(`status.${word}`, named));
  }
}
