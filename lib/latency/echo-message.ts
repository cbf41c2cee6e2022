import { TwinError } from '../reading/twin-error';
import type { Reading } from '../reading/reading';

/** A question after another machine's clock, as it travels: one JSON object. */
export interface EchoRequest {
  readonly Echo: 'request';
  /** Names the request; the answer carries it back. */
  readonly Echo_Id: string;
}

export interface EchoAnswer {
  readonly Echo: 'answer';
  readonly Echo_Id: string;
  /** Name of the machine that answers. */
  readonly Machine: string;
  /** Epoch milliseconds on that machine's clock: the request's arrival, and the answer's departure. */
  readonly T2: number;
  readonly T3: number;
}

const MAX_NAME = 200;
const isName = (value: unknown): value is string =>
  typeof value === 'string' && value.length > 0 && value.length <= MAX_NAME;

/** Whether an object is meant as part of an echo exchange, and no reading. */
export const isEcho = (reading: Reading): boolean => 'Echo' in reading && 'Echo_Id' in reading;

/** @throws TwinError LATENCY_ECHO when it is neither a whole request nor a whole answer */
export function echoMessage({ Echo, Echo_Id, Machine, T2, T3 }: Reading): EchoRequest | EchoAnswer {
  if (isName(Echo_Id)) {
    if (Echo === 'request') return { Echo, Echo_Id };
    if (Echo === 'answer' && isName(Machine) && Number.isFinite(T2) && Number.isFinite(T3)) {
      return { Echo, Echo_Id, Machine, T2: T2 as number, T3: T3 as number };
    }
  }
  throw new TwinError(
    'LATENCY_ECHO',
    'an echo is {"Echo": "request", "Echo_Id"} or {"Echo": "answer", "Echo_Id", "Machine", "T2", "T3"}; send it on as it came',
  );
}
