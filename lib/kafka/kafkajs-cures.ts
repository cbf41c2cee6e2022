import { TurnoverMap } from '../delivery/turnover-map';
import { canFetchFrom, fetchFrom } from './broker-requests';
import { brokerWatchOf } from './broker-watch';
import { isOurFactory } from './kafka-sockets';
import { Broker, Connection, ConsumerGroup, RequestQueue, Runner } from './kafkajs-internals';
import { isOutdated, rememberOrigin } from './outdated-batches';
import { acceptsPartialMetadata, partialMetadata } from './partial-metadata';
import type { FetchRequest } from './wire/fetch-request';

let applied = false;
/** Clusters of our own consumers. */
const members = new WeakMap<object, { readonly formerId: string | null }>();

/**
 * Cures of kafkajs 2.2.4 that its options cannot give; applied once per process.
 *
 * - An idle connection arms a timer of a negative delay, which Node runs after 1 ms, which arms the next: 2,692 timers a
 *   second per client, and a `TimeoutNegativeWarning` on newer Node. The timer only serves requests that wait, so it is
 *   armed only while some do. This holds for every user of the same kafkajs and changes nothing else for them.
 * - The requests under way come and go in a `Map`, which keeps much of each request and answer until the next full
 *   collection; they get a `TurnoverMap`. This, too, holds for every user.
 * - A batch with an unknown codec, or damaged bytes, ends the consumer for ever. On our own connections, known by their
 *   socket factory, responses are read batch by batch (see `fetchFrom`).
 * - Bytes that are no answer of a broker (another program has its port, a line is broken) make the reading of a frame
 *   throw where nobody can catch it, which ends the process. On our own connections they end the connection.
 * - A broker that hangs while its cluster goes on makes all of a producer or consumer stand still until the request
 *   timeout, other brokers' partitions included. On our own connections the other brokers are asked (see `BrokerWatch`).
 * - One topic that cannot be had fails the question for all. On the connections of our producers each topic stands for
 *   itself (see `acceptPartialMetadata`).
 * - A consumer that is built anew joins as a new member, and the group then waits for the old one to come back, which
 *   takes the whole session timeout. It may join as the member it was (see `countAsOurs`).
 * - When a partition has another leader, the group is joined while answers of other brokers are under way or being
 *   handled, and for a moment two brokers are asked for the same records. What was fetched from a position where we no
 *   longer are is known by it (see `isOutdated`), and neither delivered again nor taken for where the group is.
 */
export function applyKafkajsCures(): void {
  if (applied) return;
  applied = true;

  const { scheduleCheckPendingRequests: schedule } = RequestQueue.prototype;
  RequestQueue.prototype.scheduleCheckPendingRequests = function () {
    if (this.pending.length > 0) schedule.call(this);
  };

  const { push } = RequestQueue.prototype;
  RequestQueue.prototype.push = function (request) {
    if (this.inflight instanceof Map) this.inflight = new TurnoverMap();
    push.call(this, request);
  };

  const { send } = Connection.prototype;
  Connection.prototype.send = function (call) {
    if (!isOurFactory(this.socketFactory)) return send.call(this, call);
    const watch = brokerWatchOf(this.socketFactory);
    watch?.follow(this);
    if (call.request.apiName !== 'Metadata') return send.call(this, call);
    const isPartial = acceptsPartialMetadata(this.socketFactory);
    const answer = send.call(this, isPartial ? { ...call, response: partialMetadata(call.response) } : call);
    watch?.learnFrom(answer);
    return answer;
  };

  const { fetch: fetchByKafkajs } = Broker.prototype;
  Broker.prototype.fetch = function (request) {
    const ours = isOurFactory(this.connectionPool.socketFactory) && canFetchFrom(this);
    return ours ? fetchFrom(this, request as FetchRequest) : fetchByKafkajs.call(this, request);
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
    this.memberId ??= members.get(this.cluster)?.formerId ?? null;
    return connect.call(this);
  };

  const { fetch } = ConsumerGroup.prototype;
  ConsumerGroup.prototype.fetch = async function (nodeId) {
    const positions = this.offsetManager;
    const batches = await fetch.call(this, nodeId);
    if (members.has(this.cluster)) rememberOrigin(this, positions, batches);
    return batches;
  };

  // A batch of nothing but aborted or control records moves the position without coming to us.
  const { handleBatch } = Runner.prototype;
  Runner.prototype.handleBatch = async function (batch) {
    if (isOutdated(batch)) return this.heartbeat();
    if (!this.running || batch.isEmpty() || !members.has(this.consumerGroup.cluster)) {
      return handleBatch.call(this, batch);
    }
    // Our consumers commit by themselves, and nobody listens to what kafkajs would say of each batch.
    await this.processEachBatch(batch);
    return this.heartbeat();
  };
}

/**
 * To be told of the cluster of each of our consumers, the object that kafkajs hands to partition assigners.
 *
 * @param formerId the member as which it joins. If the group knows it no longer, kafkajs joins as a new one by itself.
 */
export const countAsOurs = (cluster: object, formerId: string | undefined): void =>
  void members.set(cluster, { formerId: formerId ?? null });
