import { commandFrame } from '../../lib/serial/heater-command';
import type { Command } from '../../lib/twin/control-loop';
import type { OptionsOf } from '../common/definition';
import type { FlowMessage } from '../common/message';
import type { definition } from './options';

type CommandOptions = Pick<OptionsOf<typeof definition>, 'form' | 'onByte' | 'offByte' | 'onText' | 'offText'>;

/** A command as a message: the six bytes for the board, or a text. */
export function commandMessage(source: string, command: Command, options: CommandOptions): FlowMessage {
  const { form, onByte, offByte, onText, offText } = options;
  const { id: commandId, state, reason, attempt, expires } = command;
  const on = state === 'on';
  const payload = form === 'frame' ? commandFrame(on ? onByte : offByte, [0, 0, 0]) : on ? onText : offText;
  return { topic: source, payload, state, reason, attempt, expires, commandId };
}
