import type { Node, NodeAPI, NodeDef } from '@node-red/registry';
import { RepeatedError } from '../../lib/delivery/repeated-error';
import { TwinError, messageOf } from '../../lib/reading/twin-error';
import type { Counters } from './metrics/counters';
import { NodeMeter } from './metrics/node-meter';
import { type NodeDefinition, type OptionsOf, type PortOf, type SecretsOf, portsOf } from './definition';
import { type FlowMessage, rejectedError } from './message';
import { resolveOptions } from './resolve-options';
import type { StatusLine } from './status-line';
import { statusOfError } from './status-of-error';
import { WordTemplates } from './word-templates';

/** Everything an adapter needs of its node: options, words, status, outputs, errors. Made once per deployed node. */
export class NodeContext<D extends NodeDefinition> {
  readonly options: OptionsOf<D>;
  readonly secrets: SecretsOf<D>;
  /** The node is being stopped: what its server has not confirmed by now must be sent again by whoever can. */
  closing = false;
  private readonly words: WordTemplates;
  private readonly ports: readonly PortOf<D>[];
  private readonly repeated = new RepeatedError({});

  /** @throws TwinError OPTION_INVALID */
  constructor(
    readonly RED: NodeAPI,
    readonly node: Node,
    readonly definition: D,
    saved: NodeDef,
    readonly meter = new NodeMeter(node),
  ) {
    this.words = new WordTemplates((path, params) => RED._(path, params));
    this.options = resolveOptions(definition, saved as unknown as Record<string, unknown>);
    this.secrets = secretsOf(definition, node.credentials as Record<string, unknown> | undefined);
    this.ports = portsOf(definition, this.options);
  }

  get status(): StatusLine {
    return this.meter.status;
  }

  get counters(): Counters {
    return this.meter.counters;
  }

  /** A word of this node's own catalogue (`status.x`) or of the common one (`common.status.x`). */
  word(key: string, params: Readonly<Record<string, string | number>> = {}): string {
    const path = key.startsWith('common.') ? key : `${this.definition.type}.${key}`;
    return this.words.fill(path, params);
  }

  /** Whether anything is wired to an output; false when the node does not have it. */
  wired(port: PortOf<D>): boolean {
    const index = this.ports.indexOf(port);
    const wires = (this.node as unknown as { wires?: string[][] }).wires;
    return index >= 0 && (wires?.[index]?.length ?? 0) > 0;
  }

  /** Sends a message by a named output; nothing happens when the node does not have it. */
  send(port: PortOf<D>, message: FlowMessage, by: (message: (FlowMessage | null)[]) => void = this.sendAll): void {
    const index = this.ports.indexOf(port);
    if (index < 0) return;
    this.counters.sent++;
    const outputs: (FlowMessage | null)[] = new Array<null>(index + 1).fill(null);
    outputs[index] = message;
    by(outputs);
  }
  private readonly sendAll = (outputs: (FlowMessage | null)[]): void => this.node.send(outputs);

  /** Shows and logs a lasting trouble (a server away, a wrong password): at most one line a minute for the same one. */
  trouble(thrown: unknown): void {
    const error = asTwinError(thrown);
    this.status.show(error.retryable ? 'waiting' : 'failed', statusOfError(this.RED, error));
    this.mention(error);
  }

  /** Logs something that may come again and again: at most one line a minute for the same one. */
  mention(error: TwinError): void {
    this.counters.lastError = error.message;
    const { report, suppressed } = this.repeated.shouldReport(error.code);
    if (!report) return;
    const text = suppressed > 0 ? `${error.message} (${suppressed} more like it in the last minute)` : error.message;
    if (error.retryable) this.node.warn(text);
    else this.node.error(text);
  }

  /** The trouble is over: the next one is reported at once. */
  recovered(): void {
    this.repeated.clear();
  }

  /**
   * Gives up on an input, or on a part of it: by the `rejected` output where that is wired.
   * @returns false when it is not: the caller then ends the message with `done(error)`, so that catch nodes see it
   */
  reject(
    message: FlowMessage,
    error: TwinError,
    by: (message: (FlowMessage | null)[]) => void = this.sendAll,
  ): boolean {
    this.counters.rejected++;
    this.counters.lastError = error.message;
    if (!this.wired('rejected')) return false;
    this.send('rejected', { ...message, error: rejectedError(error, this.node) }, by);
    return true;
  }

  close(): void {
    this.status.close();
  }
}

function secretsOf<D extends NodeDefinition>(definition: D, saved: Record<string, unknown> | undefined): SecretsOf<D> {
  const secrets: Record<string, string> = {};
  for (const [name, option] of Object.entries(definition.options)) {
    const value = saved?.[name];
    if (option.kind === 'secret' && typeof value === 'string' && value !== '') secrets[name] = value;
  }
  return Object.freeze(secrets);
}

export function asTwinError(thrown: unknown): TwinError {
  return thrown instanceof TwinError ? thrown : new TwinError('NODE_FAILED', messageOf(thrown), { cause: thrown });
}
