import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Writable } from 'node:stream';
import { until } from './until';

/** A serial port whose far end is the test: what is written to `board` arrives at the port. */
export class PseudoTerminal {
  private constructor(
    /** The path to open as a serial port. */
    readonly port: string,
    private readonly child: ChildProcess,
    private readonly folder: string,
  ) {}

  /** @param port a path to use again, for a board that is plugged in once more */
  static async open(port?: string): Promise<PseudoTerminal> {
    const folder = mkdtempSync(join(tmpdir(), 'pty-'));
    const path = port ?? join(folder, 'port');
    const child = spawn('socat', [`pty,raw,echo=0,link=${path}`, 'stdio'], { stdio: ['pipe', 'pipe', 'inherit'] });
    child.stdin.on('error', () => undefined); // The far end was unplugged while bytes were under way.
    const terminal = new PseudoTerminal(path, child, folder);
    await until(() => existsSync(path), 5000, `the pseudo-terminal ${path}`);
    return terminal;
  }

  /** The board's sending side. */
  get board(): Writable {
    return this.child.stdin!;
  }

  /** All that the port has sent to the board. */
  received(): Buffer[] {
    const chunks: Buffer[] = [];
    this.child.stdout!.on('data', (chunk: Buffer) => chunks.push(chunk));
    return chunks;
  }

  /** The board stops reading, and the line fills. */
  pauseBoard(): void {
    this.child.kill('SIGSTOP');
  }

  /** Pulls the plug. */
  async unplug(): Promise<void> {
    if (this.child.exitCode !== null || this.child.signalCode !== null) return;
    const gone = new Promise((resolve) => this.child.once('exit', resolve));
    this.child.kill('SIGKILL');
    await gone;
    rmSync(this.port, { force: true });
  }

  async close(): Promise<void> {
    await this.unplug();
    rmSync(this.folder, { recursive: true, force: true });
  }
}
