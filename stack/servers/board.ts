import { existsSync, mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { TwinError } from '../../lib/reading/twin-error';
import { ManagedProcess } from '../managed-process';
import { OpenPort } from '../open-port';
import type { RunningServer, ServerRecipe } from '../server-recipe';
import { SimulatedBoard } from '../simulated-board';
import { boardFrames } from './board-frames';
import { launched } from './launched';

/** The microcontroller board: a real one by BOARD_PORT, else a simulated one behind a pseudo-terminal (socat). */
export const board: ServerRecipe = {
  name: 'board',
  title: 'board (simulated)',
  variable: 'BOARD_PORT',
  lacking: (machine) => Promise.resolve(machine.find('socat') ? [] : [{ program: 'socat', debianPackage: 'socat' }]),

  connect(env) {
    const port = env['BOARD_PORT'] ?? '';
    return existsSync(port)
      ? Promise.resolve(running(port, 'board'))
      : Promise.reject(
          new TwinError('STACK_BOARD', `BOARD_PORT names ${port}, which does not exist: plug the board in`),
        );
  },

  async start(context) {
    const { framesPerS, frame } = boardFrames(context.env);
    mkdirSync(context.folder, { recursive: true });
    const port = join(context.folder, 'serial-port');
    rmSync(port, { force: true });
    // socat ends by itself when our end of its input closes, so a killed launcher leaves none behind.
    const server = new ManagedProcess({
      title: 'socat',
      command: context.machine.find('socat') ?? 'socat',
      args: [`PTY,link=${port},rawer`, 'STDIO'],
      logFile: join(context.logDir, 'socat.log'),
      signal: context.signal,
      pipes: true,
      graceMs: 2_000,
    });
    const openPort = new OpenPort(port, server.pid);
    const simulated = new SimulatedBoard({
      line: server.input,
      commands: server.output,
      nextFrame: frame,
      isOpen: () => openPort.isOpen(),
      framesPerS,
    });
    const ready = (): Promise<void> =>
      server.ready(
        () => (existsSync(port) ? Promise.resolve() : Promise.reject(new Error(`no ${port} yet`))),
        undefined,
        5_000,
      );
    const started = await launched(
      context,
      server,
      { ...running(port, 'simulated board'), board: simulated },
      ready,
    ).catch((error: unknown) => {
      simulated.close();
      throw error;
    });
    const stop = async (): Promise<void> => {
      simulated.close();
      await started.stop();
    };
    return { ...started, stop };
  },
};

const running = (port: string, version: string): RunningServer => ({
  name: 'board',
  address: port,
  version,
  env: { BOARD_PORT: port },
  stop: () => Promise.resolve(),
});
