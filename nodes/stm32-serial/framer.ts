import { createFramer } from '../../lib/serial/frame-format';
import type { Framer } from '../../lib/serial/framer';
import type { OptionsOf } from '../common/definition';
import type { definition } from './options';

/** Makes the framer for what the options say that the board sends. */
export function framerOf({ format, columns, separator, transport }: OptionsOf<typeof definition>): Framer {
  return createFramer({
    ...{ format, separator, columns: columns === '' ? [] : columns.split(',') },
    startsWithinFrame: transport === 'serial',
  });
}
