import { isOurFactory } from './kafka-sockets';
import { Connection, RequestQueue } from './kafkajs-internals';
import { tolerantFetchResponse } from './tolerant-fetch';

let applied = false;

/**
 * Cures of kafkajs 2.2.4 that its options cannot give; applied once per process.
 *
 * - An idle connection arms a timer of a negative delay, which Node runs after 1 ms, which arms the next: 2,692 timers a
 *   second per client, and a `TimeoutNegativeWarning` on newer Node. The timer only serves requests that wait, so it is
 *   armed only while some do. This holds for every user of the same kafkajs and changes nothing else for them.
 * - A batch with an unknown codec, or damaged bytes, ends the consumer for ever. Our own connections, known by their
 *   socket factory, read such a response batch by batch (see `tolerantFetchResponse`).
 */
export function applyKafkajsCures(): void {
  if (applied) return;
  applied = true;

  const { scheduleCheckPendingRequests: schedule } = RequestQueue.prototype;
  RequestQueue.prototype.scheduleCheckPendingRequests = function () {
    if (this.pending.length > 0) schedule.call(this);
  };

  const { send } = Connection.prototype;
  Connection.prototype.send = function (call) {
    const { request, response } = call;
    if (request.apiName !== 'Fetch' || !isOurFactory(this.socketFactory)) return send.call(this, call);
    return send.call(this, { ...call, response: tolerantFetchResponse(response, request.apiVersion) });
  };
}
