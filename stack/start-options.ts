import { parseArgs } from 'node:util';
import { TwinError } from '../lib/reading/twin-error';

export interface StartOptions {
  readonly check: boolean;
  readonly fresh: boolean;
  readonly help: boolean;
  /** Folder of flows and data; undefined for the usual one. */
  readonly data: string | undefined;
  readonly readings: number;
  readonly limitS: number;
}

export const START_HELP = `npm start [-- OPTIONS]
  --check         run until every stage has seen enough readings, print a table and a verdict, end with 0 or 1
  --readings N    how many for --check (200)
  --limit S       seconds after which --check fails (300)
  --fresh         forget flows and data of earlier runs first
  --data FOLDER   where flows and data are kept (.data/run)
  --help          show this`;

/** Options of `npm start`. Throws STACK_OPTION on an unknown one or a value that is no number above 0. */
export function startOptions(args: readonly string[]): StartOptions {
  try {
    const { values } = parseArgs({
      args: [...args],
      options: {
        check: { type: 'boolean', default: false },
        fresh: { type: 'boolean', default: false },
        help: { type: 'boolean', default: false },
        data: { type: 'string' },
        readings: { type: 'string', default: '200' },
        limit: { type: 'string', default: '300' },
      },
    });
    const { check, fresh, help, data } = values;
    return {
      check,
      fresh,
      help,
      data,
      readings: above0('--readings', values.readings),
      limitS: above0('--limit', values.limit),
    };
  } catch (error) {
    throw new TwinError('STACK_OPTION', `${(error as Error).message}\n${START_HELP}`, { cause: error });
  }
}

function above0(option: string, text: string): number {
  const number = Number(text);
  if (number > 0) return number;
  throw new Error(`${option} wants a number above 0, got "${text}"`);
}
