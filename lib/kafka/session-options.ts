import type { TwinError } from '../reading/twin-error';
import type { DeliveryTarget } from './batch-delivery';
import type { DeliveryWindow } from './delivery-window';
import type { GroupAssignment, PartitionPosition } from './group-assignment';
import type { KafkaConnectionOptions } from './kafka-options';

/** What a session of a consumer needs to know, all defaults filled in. */
export interface SessionOptions {
  readonly connection: KafkaConnectionOptions;
  readonly topics: readonly string[];
  readonly groupId: string;
  readonly from: 'latest' | 'earliest';
  readonly commits: boolean;
  readonly deliver: 'each' | 'batch';
  readonly sessionTimeoutMs: number;
  readonly watchdogMs: number;
}

/** What outlives a session. */
export interface ConsumerMemory {
  readonly window: DeliveryWindow;
  readonly assignment: GroupAssignment;
  /** Found at the first start, used up by the first join. */
  starts: readonly PartitionPosition[] | undefined;
  /** Our name in the group. */
  memberId: string | undefined;
}

/** What a session tells its owner. */
export interface SessionOwner extends DeliveryTarget {
  joined(): void;
  /** The broker has answered a fetch or a heartbeat. */
  alive(): void;
  /** A connection failed; kafkajs may yet recover by itself. */
  problem(error: TwinError): void;
  /** Records were lost to the server's retention, or a commit failed. */
  warning(error: TwinError): void;
}
