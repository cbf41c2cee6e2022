import type { Node, NodeAPI, NodeDef } from '@node-red/registry';
import { TwinError } from '../../lib/reading/twin-error';
import { type ConnectionTest, serveConnectionTest } from './connection-test';
import type { NodeDefinition, OptionsOf, SecretsOf } from './definition';
import { NodeContext, asTwinError } from './node-context';
import { credentialsOf } from './register-node';

/** A config node as its users see it: `connection` is what its `setup` made of its options. */
interface ConfigNode<C> extends Node {
  twin?: { readonly type: string; readonly connection: C; readonly name: string };
  twinError?: TwinError;
}

export interface ConfigBehaviour<C> {
  readonly connection: C;
  close?(): Promise<void> | void;
}

/** Registers a config node type, and the route of its *Test connection* button. */
export function registerConfig<D extends NodeDefinition, C>(
  RED: NodeAPI,
  definition: D,
  setup: (context: NodeContext<D>) => ConfigBehaviour<C>,
  test: (RED: NodeAPI, options: OptionsOf<D>, secrets: SecretsOf<D>) => ReturnType<ConnectionTest>,
): void {
  function TwinConfig(this: ConfigNode<C>, saved: NodeDef): void {
    RED.nodes.createNode(this, saved);
    try {
      const context = new NodeContext(RED, this, definition, saved);
      const behaviour = setup(context);
      this.twin = { type: definition.type, connection: behaviour.connection, name: this.name ?? '' };
      this.on('close', (done: () => void) => {
        void Promise.resolve(behaviour.close?.())
          .catch((thrown: unknown) => this.warn(asTwinError(thrown).message))
          .then(done);
      });
    } catch (thrown) {
      this.twinError = asTwinError(thrown);
      this.error(this.twinError.message);
    }
  }
  RED.nodes.registerType(definition.type, TwinConfig, { credentials: credentialsOf(definition) });
  serveConnectionTest(RED, definition, (options, secrets) => test(RED, options, secrets));
}

/**
 * The connection of a config node that another node refers to.
 * @throws TwinError CONFIG_MISSING when none is chosen or it could not be set up
 */
export function connectionOf<C>(RED: NodeAPI, definition: NodeDefinition, id: string): C {
  const config = RED.nodes.getNode(id) as ConfigNode<C> | null;
  if (config?.twin?.type === definition.type) return config.twin.connection;
  const reason = config?.twinError?.message ?? `no ${definition.type} is chosen; open the node and choose one`;
  throw new TwinError('CONFIG_MISSING', reason);
}
