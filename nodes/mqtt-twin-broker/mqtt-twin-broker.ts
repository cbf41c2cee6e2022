import type { NodeAPI } from '@node-red/registry';
import { registerConfig } from '../common/register-config';
import { definition } from './options';

export default function (RED: NodeAPI): void {
  registerConfig(
    RED,
    definition,
    ({ options, secrets }) => ({ connection: { options, secrets } }),
    (_RED, options) => Promise.resolve({ description: options.host }),
  );
}
