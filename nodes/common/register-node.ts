import type { Node, NodeAPI, NodeDef } from '@node-red/registry';
import type { TwinError } from '../../lib/reading/twin-error';
import { CLOSED, markOwn } from './completion/own-nodes';
import type { NodeDefinition, PortOf } from './definition';
import { DeployHandover } from './deploy-handover';
import type { FlowMessage } from './message';
import { MeterRegistry } from './metrics/meter-registry';
import { NodeMeter } from './metrics/node-meter';
import { NodeContext, asTwinError } from './node-context';

/** What an adapter does with one message. */
export interface InputFlow<D extends NodeDefinition> {
  /** Sends by a named output, as an answer to this message. */
  send(port: PortOf<D>, message: FlowMessage): void;
  /** Gives up on this message or a part of it; the message still ends exactly once. */
  reject(message: FlowMessage, error: TwinError): void;
}

export interface NodeBehaviour<D extends NodeDefinition> {
  /**
   * Handles one message. Returning (or resolving) ends it with `done()`: a sink returns only after its server has
   * accepted. Throwing (or rejecting) gives up on it: by the `rejected` output where that is wired, else `done(error)`.
   * A retryable error of a node that is being stopped gives up nothing: the message is left without an end, so that its
   * source sends it again.
   */
  input?(message: FlowMessage, flow: InputFlow<D>): Promise<void> | void;
  /** Stops what the node started; must end within 10 s. `removed` is true when the node is gone for good. */
  close?(removed: boolean): Promise<void> | void;
}

/** Credentials in the form that Node-RED's `registerType` takes. */
export function credentialsOf(definition: NodeDefinition): Record<string, { type: 'text' | 'password' }> {
  return Object.fromEntries(
    Object.entries(definition.options).flatMap(([name, option]) =>
      option.kind === 'secret' ? [[name, { type: option.visible ? ('text' as const) : ('password' as const) }]] : [],
    ),
  );
}

/**
 * Registers a node type. `setup` runs when a node is deployed and returns its behaviour; whatever it throws becomes a
 * status and one error, never an end of Node-RED.
 */
export function registerNode<D extends NodeDefinition>(
  RED: NodeAPI,
  definition: D,
  setup: (context: NodeContext<D>) => NodeBehaviour<D>,
): void {
  function TwinNode(this: Node, saved: NodeDef): void {
    RED.nodes.createNode(this, saved);
    markOwn(this);
    const handover = DeployHandover.of(RED);
    const meter = new NodeMeter(this);
    const meters = MeterRegistry.of(RED);
    meters.add(meter);
    this.on('close', () => meters.remove(meter));
    let context: NodeContext<D>;
    let behaviour: NodeBehaviour<D>;
    try {
      context = new NodeContext(RED, this, definition, saved, meter);
      behaviour = setup(context);
    } catch (thrown) {
      refuse(RED, this, meter, asTwinError(thrown));
      return;
    }
    if (behaviour.input) {
      this.on('input', (message, send, done) =>
        handle(context, behaviour, message as FlowMessage, send as unknown as Send, done),
      );
    }
    this.on('close', (removed: boolean, done: () => void) => {
      handover.stopped(this);
      void close(context, behaviour, removed).then(done);
    });
  }
  RED.nodes.registerType(definition.type, TwinNode, { credentials: credentialsOf(definition) });
}

async function close<D extends NodeDefinition>(
  context: NodeContext<D>,
  behaviour: NodeBehaviour<D>,
  removed: boolean,
): Promise<void> {
  context.closing = true;
  try {
    await behaviour.close?.(removed);
  } catch (thrown) {
    context.node.warn(asTwinError(thrown).message);
  }
  context.close();
  context.node.emit(CLOSED);
}

/** A node that could not be set up says why, and refuses what reaches it in the same words. */
function refuse(RED: NodeAPI, node: Node, meter: NodeMeter, error: TwinError): void {
  meter.status.show('failed', RED._('common.status.invalid'));
  meter.counters.lastError = error.message;
  node.on('close', () => meter.status.close());
  node.error(error.message);
  node.on('input', (_message, _send, done) => done(error));
}

type Send = (outputs: (FlowMessage | null)[]) => void;

function handle<D extends NodeDefinition>(
  context: NodeContext<D>,
  behaviour: NodeBehaviour<D>,
  message: FlowMessage,
  send: Send,
  done: (error?: Error) => void,
): void {
  let unrouted: TwinError | undefined;
  let left = false;
  const flow: InputFlow<D> = {
    send: (port, out) => context.send(port, out, send),
    reject: (part, error) => {
      if (context.closing && error.retryable) left = true;
      else if (!context.reject(part, error, send)) unrouted ??= error;
    },
  };
  const finish = (): void => {
    if (left) return;
    if (unrouted) done(unrouted);
    else done();
  };
  const giveUp = (thrown: unknown): void => {
    flow.reject(message, asTwinError(thrown));
    finish();
  };
  context.counters.received++;
  let pending: Promise<void> | void | undefined;
  try {
    pending = behaviour.input?.(message, flow);
  } catch (thrown) {
    giveUp(thrown);
    return;
  }
  if (pending instanceof Promise) pending.then(finish, giveUp);
  else finish();
}
