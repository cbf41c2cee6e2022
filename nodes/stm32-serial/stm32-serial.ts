import type { NodeAPI } from '@node-red/registry';
import { extended } from '../../lib/reading/extended';
import { SEQUENCE, SOURCE } from '../../lib/reading/keys';
import { BoardReader } from '../../lib/serial/board-reader';
import { SequenceNumbers } from '../../lib/serial/sequence-numbers';
import { SerialLink } from '../../lib/serial/serial-link';
import { serialPorts } from '../../lib/serial/serial-ports';
import type { FlowMessage } from '../common/message';
import { asTwinError } from '../common/node-context';
import { type InputFlow, registerNode } from '../common/register-node';
import { shortCount } from '../common/short-count';
import { boardBytes, boardRequest } from './board-input';
import { framerOf } from './framer';
import { definition } from './options';
import { transportOf } from './transport';

export default function (RED: NodeAPI): void {
  servePorts(RED);
  registerNode(RED, definition, (context) => {
    const { options, counters } = context;
    const reader = new BoardReader(framerOf(options));
    const numbers = new SequenceNumbers(Date.now());
    const link = options.transport === 'input' ? undefined : new SerialLink({ transport: () => transportOf(options) });
    /** The message whose bytes are being read, when they come by the input. */
    let wired: { readonly message: FlowMessage; readonly flow: InputFlow<typeof definition> } | undefined;
    const outgoing = (payload: unknown): FlowMessage =>
      extended(wired?.message ?? { topic: options.source }, { payload });
    const counted = (): string => {
      const read = context.word('status.read', { count: shortCount(reader.readings) });
      return counters.rejected === 0 ? read : `${read}, ${shortCount(counters.rejected)} ✗`;
    };
    const showCounts = (): void => context.status.show('connected', counted);

    reader.on('reading', (values) => {
      const stamps = options.numbered ? { [SOURCE]: options.source, [SEQUENCE]: numbers.next() } : {};
      (wired?.flow ?? context).send('readings', outgoing(extended(values, stamps)));
      showCounts();
    });
    reader.on('rejected', ({ bytes, error }) => {
      if (wired) wired.flow.reject(outgoing(bytes), error);
      else if (!context.reject(outgoing(bytes), error)) context.mention(error);
      showCounts();
    });
    if (link) {
      reader.attach(link);
      link.on('state', ({ state, error }) => {
        if (error) context.trouble(error);
        else if (state === 'connected') {
          context.recovered();
          showCounts();
        } else context.status.show(state, context.word(`common.status.${state}`));
      });
      link.start();
    } else showCounts();

    return {
      async input(message, flow) {
        if (!link) {
          wired = { message, flow };
          try {
            reader.push(boardBytes(message), Date.now());
          } finally {
            wired = undefined;
          }
          return;
        }
        const request = boardRequest(message, Date.now());
        if (request.kind === 'release') await link.release();
        else if (request.kind === 'resume') link.start();
        else await link.write(request.bytes);
      },
      async close() {
        reader.close();
        await link?.close();
      },
    };
  });
}

/** The form asks which ports the machine has. */
function servePorts(RED: NodeAPI): void {
  RED.httpAdmin.get(
    '/digital-twin/stm32-serial/ports',
    RED.auth.needsPermission('flows.write'),
    (_request, response) => {
      serialPorts().then(
        (ports) => response.json({ ports }),
        (thrown: unknown) => response.json({ ports: [], error: asTwinError(thrown).message }),
      );
    },
  );
}
