import { TwinError } from '../../../lib/reading/twin-error';
import type { FlowMessage } from '../message';
import { asTwinError } from '../node-context';
import { readingsOf } from '../readings-of';
import type { Taken } from './sink';

/** What a sink needs of its message's course: see `InputFlow`. */
interface SinkFlow {
  send(port: 'accepted', message: FlowMessage): void;
  reject(message: FlowMessage, error: TwinError): void;
}

/**
 * Writes the readings of a message, each on its own: those that fail are rejected alone, the message goes on by
 * `accepted` with the others, and with `msg.spooled` when the disk has some of them. Resolves when each has its end.
 *
 * @param writeItem resolves when the reading is safe
 * @param describe puts on the message what the server said of the accepted ones, in their order
 */
export async function writeItems<R>(
  message: FlowMessage,
  flow: SinkFlow,
  writeItem: (item: unknown) => Promise<Taken<R>>,
  describe: (message: FlowMessage, answers: readonly Taken<R>[], batch: boolean) => void = () => {},
): Promise<void> {
  const { items, batch } = readingsOf(message.payload);
  const outcomes = await Promise.allSettled(items.map((item) => writeItem(item)));
  const accepted: unknown[] = [];
  const answers: Taken<R>[] = [];
  outcomes.forEach((outcome, index) => {
    if (outcome.status === 'rejected') {
      flow.reject({ ...message, payload: items[index] }, asTwinError(outcome.reason));
    } else {
      accepted.push(items[index]);
      answers.push(outcome.value);
    }
  });
  if (accepted.length === 0 && items.length > 0) return;
  if (batch && accepted.length < items.length) message.payload = accepted;
  if (answers.some(({ spooled }) => spooled)) message['spooled'] = true;
  describe(message, answers, batch);
  flow.send('accepted', message);
}
