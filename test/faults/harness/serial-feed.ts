import { closeSync, constants, openSync } from 'node:fs';
import type { TestContext } from 'node:test';
import { PseudoTerminal } from '../../support/pseudo-terminal';
import type { Feed } from './load';

/** A serial line and the boards that write on it, one reading a line. */
export interface SerialFeed extends Feed {
  /** The path to open as a serial port. */
  readonly port: string;
}

/** The cable stays plugged in whoever reads: like a real line, it waits for no reader. */
export async function serialFeed(t: TestContext): Promise<SerialFeed> {
  const terminal = await PseudoTerminal.open();
  // With nobody on the other side a pseudo-terminal would end, which a cable does not.
  const held = openSync(terminal.port, constants.O_RDWR | constants.O_NOCTTY);
  t.after(async () => {
    closeSync(held);
    await terminal.close();
  });
  return {
    port: terminal.port,
    write: (line) => void terminal.board.write(`${line}\n`),
    end: () => Promise.resolve(),
  };
}
