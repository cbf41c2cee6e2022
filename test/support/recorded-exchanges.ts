import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { InfluxAnswer } from '../../lib/influx/influx-answer';

/** One exchange with a real InfluxDB, as recorded; long bodies are cut (`bytes` is the true size of the request's). */
export interface RecordedExchange {
  readonly name: string;
  readonly note?: string;
  readonly request: {
    readonly method: string;
    readonly path: string;
    readonly headers: Readonly<Record<string, string>>;
    readonly body: string;
    readonly bytes: number;
  };
  readonly response?: {
    readonly status: number;
    readonly headers: Readonly<Record<string, string>>;
    readonly body: string;
  };
  readonly error?: { readonly code: string; readonly message: string };
}

export function recordedExchanges(server: 'v1.6.7' | 'v2.8.0'): ReadonlyMap<string, RecordedExchange> {
  const lines = readFileSync(join(__dirname, `../data/influx/${server}.jsonl`), 'utf8')
    .trim()
    .split('\n');
  const exchanges = lines.map((line) => JSON.parse(line) as RecordedExchange);
  return new Map(exchanges.map((exchange) => [exchange.name, exchange]));
}

/** The answer as the transport would have handed it on. */
export function answerOf({ request, response, error }: RecordedExchange): InfluxAnswer {
  const requestBytes = request.bytes;
  if (response) return { ...response, requestBytes };
  const { code = '', message = '' } = error ?? {};
  return { status: 'none', code: code === 'CLIENT_TIMEOUT' ? 'TIMEOUT' : code, message, requestBytes };
}
