import { type Consumer, type PartitionAssigner, PartitionAssigners } from 'kafkajs';
import { broadcastAssigner } from './broadcast-assigner';
import type { KafkaClient } from './kafka-client';
import { countAsOurs } from './kafkajs-cures';
import type { ConsumerMemory, SessionOptions } from './session-options';
import { rangeAssigner } from './range-assigner';
import { stickyAssigner } from './sticky-assigner';

/** A fetch without records ends after this time, in milliseconds; leaving the group waits for it. */
const FETCH_WAIT_MS = 500;
const HEARTBEAT_MS = 3_000;
const REBALANCE_MS = 30_000;

/** kafkajs bridges short faults by itself, about 2 s; then the session ends, and its owner begins another. */
export const SESSION_RETRY = {
  initialRetryTime: 100,
  maxRetryTime: 800,
  retries: 5,
  restartOnFailure: () => Promise.resolve(false),
};

/** A kafkajs consumer that joins as the member that we were before, if any. Not static: that fails in kafkajs. */
export function createGroupMember(
  { kafka }: KafkaClient,
  { groupId, sessionTimeoutMs, commits }: SessionOptions,
  { memberId, assignment }: ConsumerMemory,
): Consumer {
  const assigners: readonly PartitionAssigner[] = commits
    ? [stickyAssigner(() => assignment.holdings), PartitionAssigners.roundRobin, rangeAssigner]
    : [broadcastAssigner];
  // kafkajs shows the cluster of a consumer only to its assigners.
  const asFormerMember =
    (assigner: PartitionAssigner): PartitionAssigner =>
    (config) => {
      countAsOurs(config.cluster, memberId);
      return assigner(config);
    };
  return kafka.consumer({
    groupId,
    sessionTimeout: sessionTimeoutMs,
    heartbeatInterval: HEARTBEAT_MS,
    rebalanceTimeout: REBALANCE_MS,
    maxWaitTimeInMs: FETCH_WAIT_MS,
    retry: SESSION_RETRY,
    partitionAssigners: assigners.map(asFormerMember),
  });
}
