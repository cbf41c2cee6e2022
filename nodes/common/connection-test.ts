import type { NodeAPI } from '@node-red/registry';
import { isEnvironmentReference } from './check-option';
import type { NodeDefinition, OptionsOf, SecretsOf } from './definition';
import { asTwinError } from './node-context';
import { resolveOptions } from './resolve-options';

/** Tries a connection with the options as they stand in the form; resolves with what the server says of itself. */
export type ConnectionTest<D extends NodeDefinition = NodeDefinition> = (
  options: OptionsOf<D>,
  secrets: SecretsOf<D>,
) => Promise<{ readonly description: string }>;

/** What the editor shows for a stored password: the stored one is meant. */
const STORED = '__PWRD__';

/**
 * `POST /digital-twin/test/<type>` with `{ id, values, secrets }` answers `{ ok, text }`. Only users who may change
 * flows may call it, as it makes the runtime connect to an address of the caller's choice.
 */
export function serveConnectionTest<D extends NodeDefinition>(
  RED: NodeAPI,
  definition: D,
  test: ConnectionTest<D>,
): void {
  RED.httpAdmin.post(
    `/digital-twin/test/${definition.type}`,
    RED.auth.needsPermission('flows.write'),
    (request, response) => {
      const body = (request.body ?? {}) as { id?: unknown; values?: unknown; secrets?: unknown };
      const run = async (): Promise<string> => {
        const secrets = await storedSecrets(RED, definition, String(body.id), record(body.secrets));
        const options = resolveOptions(definition, expand(record(body.values)));
        return (await test(options, secrets)).description;
      };
      run().then(
        (text) => response.json({ ok: true, text }),
        (thrown: unknown) => response.json({ ok: false, text: asTwinError(thrown).message }),
      );
    },
  );
}

const record = (value: unknown): Record<string, unknown> =>
  typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};

function expand(values: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(values).map(([name, value]) => [
      name,
      isEnvironmentReference(value) ? (process.env[(value as string).slice(2, -1)] ?? '') : value,
    ]),
  );
}

/** A field the user has not touched holds a placeholder, or nothing: the stored secret stands for it. */
async function storedSecrets(
  RED: NodeAPI,
  definition: NodeDefinition,
  id: string,
  given: Record<string, unknown>,
): Promise<Record<string, string>> {
  const stored = record(await Promise.resolve(RED.nodes.getCredentials(id)));
  const secrets: Record<string, string> = {};
  for (const [name, option] of Object.entries(definition.options)) {
    if (option.kind !== 'secret') continue;
    const typed = expand({ value: given[name] })['value'];
    const value = typed === STORED || typed === undefined ? stored[name] : typed;
    if (typeof value === 'string' && value !== '') secrets[name] = value;
  }
  return secrets;
}
