/** What a node counts while it runs; read by the status, the tests and the metrics. */
export class Counters {
  received = 0;
  sent = 0;
  rejected = 0;
  /** Messages that were taken and then lost: by a full, an outdated or a damaged spool. */
  lost = 0;
  lastError: string | undefined;
}
