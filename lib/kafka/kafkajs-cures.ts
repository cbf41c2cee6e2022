import { isOurFactory } from './kafka-sockets';
import { Connection, ConsumerGroup, RequestQueue } from './kafkajs-internals';
import { tolerantFetchResponse } from './tolerant-fetch';

let applied = false;
const formerMembers = new WeakMap<object, string>();

/**
 * Cures of kafkajs 2.2.4 that its options cannot give; applied once per process.
 *
 * - An idle connection arms a timer of a negative delay, which Node runs after 1 ms, which arms the next: 2,692 timers a
 *   second per client, and a `TimeoutNegativeWarning` on newer Node. The timer only serves requests that wait, so it is
 *   armed only while some do. This holds for every user of the same kafkajs and changes nothing else for them.
 * - A batch with an unknown codec, or damaged bytes, ends the consumer for ever. Our own connections, known by their
 *   socket factory, read such a response batch by batch (see `tolerantFetchResponse`).
 * - Bytes that are no answer of a broker (another program has its port, a line is broken) make the reading of a frame
 *   throw where nobody can catch it, which ends the process. On our own connections they end the connection.
 * - A consumer that is built anew joins as a new member, and the group then waits for the old one to come back, which
 *   takes the whole session timeout. It may join as the member it was (see `rejoinAs`).
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

  const { processData } = Connection.prototype;
  Connection.prototype.processData = function (chunk) {
    if (!isOurFactory(this.socketFactory)) return processData.call(this, chunk);
    // Our own listener came first and may have ended the connection for these very bytes.
    if (this.socket.destroyed) return;
    try {
      processData.call(this, chunk);
    } catch (thrown) {
      this.socket.destroy(thrown as Error);
    }
  };

  const { connect } = ConsumerGroup.prototype;
  ConsumerGroup.prototype.connect = function () {
    this.memberId ??= formerMembers.get(this.cluster) ?? null;
    return connect.call(this);
  };
}

/**
 * The consumer of a cluster, the object that kafkajs hands to partition assigners, joins as this member. If the group
 * knows it no longer, kafkajs joins as a new one by itself.
 */
export const rejoinAs = (cluster: object, memberId: string): void => void formerMembers.set(cluster, memberId);
