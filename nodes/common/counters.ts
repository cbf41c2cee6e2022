/** What a node counts while it runs; read by the status, the tests and the metrics. */
export class Counters {
  received = 0;
  sent = 0;
  rejected = 0;
  lastError: string | undefined;
}
