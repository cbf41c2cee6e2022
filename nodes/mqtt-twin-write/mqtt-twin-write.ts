import type { NodeAPI } from '@node-red/registry';
import { connectionOf } from '../common/register-config';
import { registerNode } from '../common/register-node';
import { definition as broker } from '../mqtt-twin-broker/options';
import { definition } from './options';

export default function (RED: NodeAPI): void {
  registerNode(RED, definition, (context) => {
    connectionOf(RED, broker, context.options.broker);
    context.status.show('connected', context.word('common.status.connected'));
    return { input: (message, flow) => flow.send('accepted', message) };
  });
}
