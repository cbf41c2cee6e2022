import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import type { TestContext } from 'node:test';

/** How long a chunk of bytes is held, in milliseconds. Order is kept: what follows a held chunk waits behind it. */
export type Delay = (chunk: Buffer, nowMs: number) => number;

export interface DelayProxyOptions {
  readonly target: { readonly host: string; readonly port: number };
  /** From the client to the server, and back; without one, bytes pass at once. */
  readonly toServer?: Delay;
  readonly toClient?: Delay;
  /** Told how long a chunk was really held: the delay, and what it waited behind others. */
  readonly onHeld?: (chunk: Buffer, heldMs: number, toServer: boolean) => void;
}

/** A TCP proxy in front of a real server that holds up what passes, by a known time. */
export class DelayProxy {
  readonly #options: DelayProxyOptions;
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();

  private constructor(options: DelayProxyOptions) {
    this.#options = options;
    this.#server = createServer({ noDelay: true }, (client) => this.#join(client));
  }

  static async start(t: TestContext, options: DelayProxyOptions): Promise<DelayProxy> {
    const proxy = new DelayProxy(options);
    proxy.#server.listen(0, '127.0.0.1');
    await once(proxy.#server, 'listening');
    t.after(() => {
      for (const socket of proxy.#sockets) socket.destroy();
      proxy.#server.close();
    });
    return proxy;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  #join(client: Socket): void {
    const { target, toServer, toClient } = this.#options;
    const server = connect({ ...target, noDelay: true });
    this.#pass(client, server, true, toServer);
    this.#pass(server, client, false, toClient);
  }

  #pass(from: Socket, to: Socket, toServer: boolean, delay: Delay = () => 0): void {
    let freeAtMs = 0;
    this.#sockets.add(from);
    from.on('data', (chunk: Buffer) => {
      const nowMs = performance.now();
      freeAtMs = Math.max(freeAtMs, nowMs + delay(chunk, Date.now()));
      const heldMs = freeAtMs - nowMs;
      this.#options.onHeld?.(chunk, heldMs, toServer);
      setTimeout(() => to.write(chunk), heldMs);
    });
    from.on('error', () => {});
    from.once('close', () => {
      this.#sockets.delete(from);
      to.destroy();
    });
  }
}
