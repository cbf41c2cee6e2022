import type { NodeAPI } from '@node-red/registry';
import { TwinError } from '../../lib/reading/twin-error';

/** The options of the core `tls-config` node in the words of Node.js' `tls.connect`. */
export interface TlsOptions {
  ca?: string | Buffer;
  cert?: string | Buffer;
  key?: string | Buffer;
  passphrase?: string;
  servername?: string;
  rejectUnauthorized?: boolean;
}

interface TlsConfigNode {
  valid?: boolean;
  addTLSOptions(options: TlsOptions): TlsOptions;
}

/**
 * @param id of the core `tls-config` node, or '' for the system's certificate authorities
 * @throws TwinError TLS_INVALID when the node is not there or its files could not be read
 */
export function tlsOptions(RED: NodeAPI, id: string): TlsOptions {
  if (id === '') return { rejectUnauthorized: true };
  const config = RED.nodes.getNode(id) as unknown as TlsConfigNode | null;
  if (!config || config.valid === false)
    throw new TwinError('TLS_INVALID', 'the chosen TLS configuration cannot be used; open it and check its files');
  return config.addTLSOptions({});
}
