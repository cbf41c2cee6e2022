import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { connect, createServer, type Server, type Socket } from 'node:net';
import type { TestContext } from 'node:test';
import { freePort } from './own-mosquitto';

/**
 * What a relay does with the bytes that pass:
 * `pass` hands them on; `delay` hands the server's on late, in their order; `garbage` puts others in the place of the
 * server's; `hang` takes connections and hands nothing on; `cut` ends every connection at once, new ones too.
 */
export type ProxyMode =
  { readonly kind: 'pass' | 'garbage' | 'hang' | 'cut' } | { readonly kind: 'delay'; readonly ms: number };

/** A TCP relay in front of a real server, whose line can be made as bad as lines get. */
export class FaultProxy {
  readonly #server: Server;
  readonly #lines = new Set<Line>();
  #mode: ProxyMode = { kind: 'pass' };
  #count = 0;

  private constructor(
    readonly port: number,
    target: number,
  ) {
    this.#server = createServer((client) => {
      if (this.#mode.kind === 'cut') return void client.destroy();
      const line = new Line(client, connect(target, '127.0.0.1'), () => this.#mode, ++this.#count);
      this.#lines.add(line);
      client.once('close', () => this.#lines.delete(line));
    });
  }

  /** Listens on `port`, or on a free one, and relays to the port `target` of this machine. */
  static async start(t: TestContext, target: number, port?: number): Promise<FaultProxy> {
    const proxy = new FaultProxy(port ?? (await freePort()), target);
    t.after(() => {
      proxy.#server.close();
      proxy.#cut();
    });
    proxy.#server.listen(proxy.port, '127.0.0.1');
    await once(proxy.#server, 'listening');
    return proxy;
  }

  /**
   * Changes what happens from now on. After garbage the connections that got it are ended: nobody could go on there.
   */
  set mode(mode: ProxyMode) {
    const wasGarbage = this.#mode.kind === 'garbage';
    this.#mode = mode;
    if (wasGarbage || mode.kind === 'cut') this.#cut();
    for (const line of this.#lines) line.apply();
  }

  #cut(): void {
    for (const line of this.#lines) line.destroy();
  }
}

const FOREIGN = 'HTTP/1.1 400 Bad Request\r\nConnection: close\r\nContent-Length: 11\r\n\r\nBad Request';

/**
 * As from a program that has taken the server's port: text of another protocol, and every other time noise. Its bytes
 * are from 0x80 on, as others might by chance be a PUBACK, which nobody could tell from a real one.
 */
function garbage(length: number, connection: number): Buffer {
  if (connection % 2 === 0) return Buffer.from(FOREIGN.repeat(Math.ceil(length / FOREIGN.length)).slice(0, length));
  return randomBytes(length).map((byte) => byte | 0x80) as Buffer;
}

/** One connection through the relay. */
class Line {
  readonly #waiting: { readonly bytes: Buffer; readonly dueMs: number }[] = [];
  #timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly client: Socket,
    private readonly server: Socket,
    private readonly mode: () => ProxyMode,
    private readonly number: number,
  ) {
    for (const [from, to] of [
      [client, server],
      [server, client],
    ] as const) {
      from.setNoDelay(true);
      from.on('error', () => this.destroy());
      from.once('close', () => this.#end(from, to));
      to.on('drain', () => this.apply());
    }
    client.on('data', (bytes: Buffer) => {
      if (!server.write(bytes)) client.pause();
    });
    server.on('data', (bytes: Buffer) => this.#answer(bytes));
    this.apply();
  }

  /** Brings the line in step with the mode. */
  apply(): void {
    const hangs = this.mode().kind === 'hang';
    for (const socket of [this.client, this.server]) {
      if (hangs) socket.pause();
      else socket.resume();
    }
    this.#flush();
  }

  destroy(): void {
    clearTimeout(this.#timer);
    this.client.destroy();
    this.server.destroy();
  }

  #answer(bytes: Buffer): void {
    const mode = this.mode();
    const out = mode.kind === 'garbage' ? garbage(bytes.length, this.number) : bytes;
    this.#waiting.push({ bytes: out, dueMs: performance.now() + (mode.kind === 'delay' ? mode.ms : 0) });
    this.#flush();
  }

  #flush(): void {
    clearTimeout(this.#timer);
    if (this.mode().kind === 'hang') return;
    for (let first = this.#waiting[0]; first; first = this.#waiting[0]) {
      const early = first.dueMs - performance.now();
      if (early > 0) {
        this.#timer = setTimeout(() => this.#flush(), early);
        return;
      }
      this.#waiting.shift();
      if (!this.client.write(first.bytes)) this.server.pause();
    }
  }

  /** What the server has said before its end still reaches the client. */
  #end(from: Socket, to: Socket): void {
    if (from === this.server) for (const { bytes } of this.#waiting.splice(0)) this.client.write(bytes);
    clearTimeout(this.#timer);
    to.end();
  }
}
