import { Agent as HttpAgent } from 'node:http';
import { Agent as HttpsAgent } from 'node:https';
import { HttpError, InfluxDB } from '@influxdata/influxdb-client';
import { messageOf } from '../reading/twin-error';
import { TIMEOUT, type InfluxAnswer, type NoAnswer } from './influx-answer';
import type { InfluxRequest } from './influx-dialect';
import { checkInfluxOptions, DEFAULT_TIMEOUT_MS, type InfluxConnectionOptions } from './influx-options';
import { TimeLimit } from './time-limit';

/** Below this a compressed body is hardly smaller. */
const GZIP_FROM_BYTES = 1_000;

type Transport = InfluxDB['transport'];

/**
 * Requests to one server over kept connections, by the transport of InfluxDB's own client. Times out by itself: the
 * client's time-out leaves the request and its socket behind.
 */
export class InfluxHttp {
  readonly #transport: Transport;
  readonly #agent: HttpAgent;
  readonly #timeoutMs: number;

  /** Throws TwinError INFLUX_OPTIONS. */
  constructor(options: InfluxConnectionOptions) {
    checkInfluxOptions(options);
    // No limit of sockets: the callers bound what is under way. An idle one is closed before most servers would.
    const keptAlive = { keepAlive: true, timeout: 60_000 };
    this.#agent = options.url.startsWith('https:')
      ? new HttpsAgent({ ...keptAlive, ...withoutUndefined(options.tls ?? {}) })
      : new HttpAgent(keptAlive);
    this.#timeoutMs = options.timeoutMs ?? DEFAULT_TIMEOUT_MS;
    // 1.x quotes a bad line in a header too, control characters and all: the strict parser would take that answer for
    // no answer, and the line would be sent for ever.
    const insecureHTTPParser = options.version !== '2';
    const transportOptions = { agent: this.#agent, insecureHTTPParser };
    this.#transport = new InfluxDB({ url: options.url, timeout: 0, transportOptions }).transport;
  }

  /**
   * Sends a request and reads the whole answer, which should be small. Never rejects for what the server or the network
   * did; rejects with the signal's reason once that aborts.
   */
  async exchange(request: InfluxRequest, signal: AbortSignal, gzip = false): Promise<InfluxAnswer> {
    const limit = new TimeLimit(this.#timeoutMs, signal);
    try {
      limit.restart();
      return await this.#send(request, limit.signal, gzip);
    } catch (thrown) {
      signal.throwIfAborted();
      return this.#noAnswer(thrown, limit, Buffer.byteLength(request.body));
    } finally {
      limit.end();
    }
  }

  #send({ method, path, headers, body }: InfluxRequest, signal: AbortSignal, gzip: boolean): Promise<InfluxAnswer> {
    const requestBytes = Buffer.byteLength(body);
    return new Promise((resolve, reject) => {
      const parts: Uint8Array[] = [];
      let status = 0;
      let answered: Record<string, string | string[] | undefined> = {};
      const sendOptions = { method, headers: { ...headers }, signal, ...(gzip && { gzipThreshold: GZIP_FROM_BYTES }) };
      this.#transport.send(path, body, sendOptions, {
        responseStarted: (responseHeaders, statusCode) => {
          status = statusCode ?? 0;
          answered = responseHeaders;
        },
        next: (part) => void parts.push(part),
        complete: () => resolve({ status, headers: answered, body: Buffer.concat(parts).toString(), requestBytes }),
        error: (error) =>
          error instanceof HttpError
            ? resolve({ status: error.statusCode, headers: error.headers ?? {}, body: error.body ?? '', requestBytes })
            : reject(error),
      });
    });
  }

  /**
   * Sends a request and hands on the body as it arrives; the next part is awaited for the time-out at most. Rejects
   * with an `InfluxNoStream` when there is no success to read, or the body breaks off.
   */
  async *stream({ method, path, headers, body }: InfluxRequest, signal?: AbortSignal): AsyncGenerator<Uint8Array> {
    const limit = new TimeLimit(this.#timeoutMs, signal);
    const sendOptions = { method, headers: { ...headers }, signal: limit.signal };
    try {
      limit.restart();
      for await (const part of this.#transport.iterate(path, body, sendOptions)) {
        limit.pause();
        yield part;
        limit.restart();
      }
      limit.end();
    } catch (thrown) {
      signal?.throwIfAborted();
      const requestBytes = Buffer.byteLength(body);
      if (!(thrown instanceof HttpError)) throw new InfluxNoStream(this.#noAnswer(thrown, limit, requestBytes));
      const { statusCode: status, headers: answered = {}, body: text = '' } = thrown;
      throw new InfluxNoStream({ status, headers: answered, body: text, requestBytes });
    } finally {
      // Also when the reader stops before the end.
      limit.abort();
    }
  }

  /** Drops all connections. Idempotent. */
  close(): void {
    this.#agent.destroy();
  }

  #noAnswer(thrown: unknown, limit: TimeLimit, requestBytes: number): NoAnswer {
    if (limit.expired) {
      return { status: 'none', code: TIMEOUT, message: `nothing came for ${this.#timeoutMs} ms`, requestBytes };
    }
    const { code } = (thrown ?? {}) as { code?: unknown };
    return {
      status: 'none',
      code: typeof code === 'string' ? code : 'FAILED',
      message: messageOf(thrown),
      requestBytes,
    };
  }
}

/** Why a stream gave nothing, or not all. */
export class InfluxNoStream extends Error {
  readonly answer: InfluxAnswer;

  constructor(answer: InfluxAnswer) {
    super('no stream');
    this.answer = answer;
  }
}

/** Node's TLS takes an undefined option for a wrong one. */
function withoutUndefined<T extends object>(options: T): Partial<T> {
  return Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined)) as Partial<T>;
}
