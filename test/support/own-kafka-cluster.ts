import type { TestContext } from 'node:test';
import { type Admin, Kafka, logLevel } from 'kafkajs';
import { freeKafkaPorts, freshClusterId, type KafkaPorts, OwnKafka } from './own-kafka';
import { until } from './until';

const NODES = 3;
/** Three of them run beside the tests of other files. */
const HEAP_MB = 192;
const ELECTION_MS = 60_000;
const GROUPS_TOPIC = '__consumer_offsets';

/** Three brokers that are controllers too: all is there three times, and two of them must have a record. */
const clusterLines = [
  'default.replication.factor=3',
  'min.insync.replicas=2',
  // A leader that died is missed soon, as in `broker.session.timeout.ms`; by default the others wait 2 s for a new
  // vote.
  'controller.quorum.fetch.timeout.ms=1000',
  'controller.quorum.election.timeout.ms=500',
  // 128 MB by default, of a heap that is little larger.
  'log.cleaner.dedupe.buffer.size=4194304',
  // Leaders stay where a test has put them.
  'auto.leader.rebalance.enable=false',
];

function ofNode(config: string, id: number, voters: string): string {
  return config
    .replace(/^node\.id=.*$/m, `node.id=${id}`)
    .replace(/^controller\.quorum\.voters=.*$/m, `controller.quorum.voters=${voters}`)
    .replace(/^(.*\.replication\.factor)=1$/gm, `$1=${NODES}`)
    .replace(/^(.*\.min\.isr)=1$/gm, '$1=2');
}

/** Three Kafkas that are one cluster and belong to one test, which may kill any and start it again. */
export class OwnKafkaCluster {
  readonly #admin: Admin;

  private constructor(
    t: TestContext,
    private readonly nodes: ReadonlyMap<number, OwnKafka>,
  ) {
    const kafka = new Kafka({ brokers: this.brokers, logLevel: logLevel.NOTHING, retry: { retries: 20 } });
    this.#admin = kafka.admin();
    t.after(() => this.#admin.disconnect());
  }

  static async start(t: TestContext): Promise<OwnKafkaCluster> {
    const ids = Array.from({ length: NODES }, (_, index) => index + 1);
    const ports = new Map<number, KafkaPorts>();
    for (const id of ids) ports.set(id, await freeKafkaPorts());
    const voters = ids.map((id) => `${id}@127.0.0.1:${ports.get(id)!.controller}`).join(',');
    const clusterId = freshClusterId();
    const common = { lines: clusterLines, heapMb: HEAP_MB, clusterId };
    const prepared = ids.map(async (id) => {
      const replace = (config: string): string => ofNode(config, id, voters);
      return [id, await OwnKafka.prepare(t, { ...common, replace, ports: ports.get(id)! })] as const;
    });
    await Promise.allSettled(prepared);
    const nodes = new Map(await Promise.all(prepared));
    const cluster = new OwnKafkaCluster(t, nodes);
    const started = [...nodes.values()].map((node) => node.restart());
    await Promise.allSettled(started);
    await Promise.all(started);
    await cluster.#admin.connect();
    return cluster;
  }

  /** The addresses of all nodes, in the order of their ids. */
  get brokers(): string[] {
    return [...this.nodes.values()].flatMap(({ brokers }) => brokers);
  }

  get ids(): number[] {
    return [...this.nodes.keys()];
  }

  node(id: number): OwnKafka {
    const node = this.nodes.get(id);
    if (!node) throw new Error(`the cluster has no node ${id}, it has ${this.ids.join(', ')}`);
    return node;
  }

  /** The node that leads a partition; -1 when none does. */
  async leaderOf(topic: string, partition = 0): Promise<number> {
    return (await this.#partition(topic, partition)).leader;
  }

  /** The node that coordinates a group: the leader of the partition that has its offsets. */
  async coordinatorOf(groupId: string): Promise<number> {
    const { length } = await this.#partitions(GROUPS_TOPIC);
    return this.leaderOf(GROUPS_TOPIC, Math.abs(javaHash(groupId)) % length);
  }

  /** Resolves once the others go on without this node: it is no member, and all that it led has another leader. */
  async withoutNode(id: number): Promise<void> {
    const left = async (): Promise<boolean> => {
      const { brokers } = await this.#admin.describeCluster();
      if (brokers.some(({ nodeId }) => nodeId === id)) return false;
      return (await this.#partitions()).every(({ leader }) => leader >= 0 && leader !== id);
    };
    await until(left, ELECTION_MS, `a cluster without node ${id}`);
  }

  /** Resolves once all nodes are members and every partition has all its replicas in sync again. */
  async allInSync(): Promise<void> {
    const complete = async (): Promise<boolean> => {
      const { brokers } = await this.#admin.describeCluster();
      if (brokers.length < NODES) return false;
      return (await this.#partitions()).every(({ isr, replicas }) => isr.length === replicas.length);
    };
    await until(complete, ELECTION_MS, 'all replicas in sync');
  }

  /** Gives a partition these replicas alone; the first is to lead if the one that does so is not among them. */
  async reassign(topic: string, replicas: number[], partition = 0): Promise<void> {
    const assignment = [{ partition, replicas }];
    await this.#admin.alterPartitionReassignments({ topics: [{ topic, partitionAssignment: assignment }] });
    const moved = async (): Promise<boolean> => {
      const { replicas: now, isr, leader } = await this.#partition(topic, partition);
      return (
        [...now].sort().join() === [...replicas].sort().join() &&
        replicas.includes(leader) &&
        isr.length >= Math.min(replicas.length, 2)
      );
    };
    await until(moved, ELECTION_MS, `${topic} on nodes ${replicas.join(', ')}`);
  }

  async #partitions(topic?: string) {
    const { topics } = await this.#admin.fetchTopicMetadata(topic === undefined ? undefined : { topics: [topic] });
    return topics.flatMap(({ partitions }) => partitions);
  }

  async #partition(topic: string, partition: number) {
    const found = (await this.#partitions(topic)).find(({ partitionId }) => partitionId === partition);
    if (!found) throw new Error(`topic ${topic} has no partition ${partition}`);
    return found;
  }
}

/** By which Kafka finds the partition of a group. */
function javaHash(text: string): number {
  let hash = 0;
  for (let index = 0; index < text.length; index++) hash = (Math.imul(hash, 31) + text.charCodeAt(index)) | 0;
  return hash;
}
