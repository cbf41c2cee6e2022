import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import type { Node, NodeAPI, NodeMessage, NodeStatus } from '@node-red/registry';
import helper from 'node-red-node-test-helper';

interface FlowItem {
  readonly id: string;
  readonly type: string;
  readonly [property: string]: unknown;
}
export type Message = NodeMessage & { [property: string]: unknown; error?: { message: string; code?: string } };
type Initializer = Parameters<typeof helper.load>[0];

/** Core nodes that a test may name among its types. */
const CORE: Readonly<Record<string, string>> = {
  catch: '@node-red/nodes/core/common/25-catch',
  complete: '@node-red/nodes/core/common/24-complete',
  'tls-config': '@node-red/nodes/core/network/05-tls',
};

// The Node-RED under test: `NODE_RED=node-red-5 npm test -- FILE`.
const nodeRed = require.resolve(process.env['NODE_RED'] ?? 'node-red');
helper.init(nodeRed);
const ofNodeRed = (name: string): string => require.resolve(name, { paths: [nodeRed] });
/** The message hooks of the runtime; the test helper does not hand them on. */
const { hooks } = require(ofNodeRed('@node-red/util')) as { hooks: NodeAPI['hooks'] };

/** A node type as Node-RED loads it: ours from the build, the core's from the Node-RED under test. */
function initializer(type: string): Initializer {
  const core = CORE[type];
  // The test helper loads some core nodes by itself and knows them by their function: these go in as they are.
  if (core !== undefined) return require(ofNodeRed(core)) as Initializer;
  const load = require(`../../dist/nodes/${type}.js`) as (RED: NodeAPI) => void;
  return (RED: NodeAPI) => load(Object.assign(RED, { hooks }));
}

/** A node type that keeps every message from the moment it is there, so that none is missed while a flow starts. */
function recorder(RED: NodeAPI): void {
  RED.nodes.registerType('recorder', function (this: Node & { recorded?: Message[] }, config) {
    RED.nodes.createNode(this, config);
    const recorded: Message[] = [];
    this.recorded = recorded;
    this.on('input', (message, _send, done) => {
      recorded.push(message);
      done();
    });
  });
}

/** A flow that runs in a real Node-RED runtime within this process; it is stopped when the test ends. */
export class Runtime {
  /** @param userDir the user folder of the runtime, gone with the test */
  private constructor(readonly userDir: string) {}

  /** @param types the node types that the flow uses, config nodes first; of the core's, those in CORE */
  static async start(
    context: TestContext,
    types: readonly string[],
    flow: readonly FlowItem[],
    credentials: Readonly<Record<string, Readonly<Record<string, string>>>> = {},
  ): Promise<Runtime> {
    await new Promise<void>((ready) => helper.startServer(ready));
    context.after(async () => {
      await helper.unload();
      await new Promise<void>((stopped) => helper.stopServer(stopped));
    });
    const userDir = await mkdtemp(join(tmpdir(), 'twin-runtime-'));
    context.after(() => rm(userDir, { recursive: true, force: true }));
    helper.settings({ userDir });
    const runtime = new Runtime(userDir);
    await runtime.load(types, flow, credentials);
    return runtime;
  }

  /** Loads a flow; `unload` comes before another one. */
  async load(
    types: readonly string[],
    flow: readonly FlowItem[],
    credentials: Readonly<Record<string, Readonly<Record<string, string>>>> = {},
  ): Promise<void> {
    await helper.load([recorder, ...types.map(initializer)] as never, flow as never, credentials);
  }

  node(id: string): Node {
    return helper.getNode(id);
  }

  send(id: string, message: Message): void {
    this.node(id).receive(message);
  }

  /** The next message that reaches a `helper` node. */
  next(id: string): Promise<Message> {
    return new Promise((resolve) => this.node(id).once('input', (message) => resolve(message as Message)));
  }

  /** The next `count` messages that reach a `helper` node. */
  collect(id: string, count: number): Promise<Message[]> {
    return new Promise((resolve) => {
      const messages: Message[] = [];
      const take = (message: NodeMessage): void => {
        messages.push(message);
        if (messages.length < count) return;
        this.node(id).removeListener('input', take);
        resolve(messages);
      };
      this.node(id).on('input', take);
    });
  }

  /** Every message that reaches a `helper` node from now on, each held until its `done` is called. */
  holdAll(id: string): { readonly message: Message; readonly done: () => void }[] {
    const held: { message: Message; done: () => void }[] = [];
    this.node(id).on('input', (message, _send, done) => held.push({ message: message, done }));
    return held;
  }

  /** Every message that has reached a `recorder` node, and will. */
  recorded(id: string): Message[] {
    return (this.node(id) as Node & { recorded: Message[] }).recorded;
  }

  /** Every message that reaches a `helper` node from now on. */
  record(id: string): Message[] {
    const messages: Message[] = [];
    this.node(id).on('input', (message) => messages.push(message));
    return messages;
  }

  /** The present status of a node, or the first from now on, whose text matches; waits at most 20 s. */
  status(id: string, text: RegExp): Promise<NodeStatus> {
    return new Promise((resolve, reject) => {
      const node = this.node(id) as unknown as NodeJS.EventEmitter;
      const seen: string[] = [];
      const late = setTimeout(
        () => reject(new Error(`no status like ${text} of ${id}; seen: ${seen.join(' | ')}`)),
        20_000,
      );
      const check = (call: { args: [NodeStatus] }): void => {
        const status = call.args[0];
        seen.push(status.text ?? '');
        if (!text.test(status.text ?? '')) return;
        clearTimeout(late);
        node.removeListener('call:status', check);
        resolve(status);
      };
      node.on('call:status', check);
      const shown = (this.node(id).status as unknown as { lastCall?: { args: [NodeStatus] } | null }).lastCall;
      if (shown) check(shown);
    });
  }

  /** Stops the flow as a deploy or a shutdown does. */
  async unload(): Promise<void> {
    await helper.unload();
  }

  /** What the runtime has logged so far, `[level, message]`. */
  log(): [number, string][] {
    const events = helper.log().args as [{ level: number; msg: unknown }][];
    return events.map(([event]) => [event.level, String(event.msg)]);
  }

  /** Posts JSON to a route that a node has put on the admin interface, and answers the JSON that came back. */
  async post(path: string, body: object): Promise<unknown> {
    const response = await helper.request().post(path).send(body);
    return response.body as unknown;
  }

  /** Gets what a route answers that a node has put on the admin interface. */
  async get(path: string): Promise<{ readonly status: number; readonly body: unknown }> {
    const response = await helper.request().get(path);
    return { status: response.status, body: response.body as unknown };
  }

  /** The address of the admin interface. */
  get url(): string {
    return helper.url();
  }
}
