import type { ConnectionOptions } from 'node:tls';
import { askApiVersions, releaseOf } from './api-versions';
import { KafkaAdmin } from './kafka-admin';
import { kafkaError } from './kafka-error';
import { brokerAddresses, type KafkaConnectionOptions } from './kafka-options';
import { KafkaSockets } from './kafka-sockets';

/**
 * Connects once and says who answered, for a "Test connection" button: the protocol's release, cluster, brokers and
 * controller. Goes all the way: TLS, login, and the address that the cluster tells its clients.
 *
 * @throws TwinError with the reason; `KAFKA_TIMEOUT` within `timeoutMs` milliseconds
 */
export async function probeKafka(options: KafkaConnectionOptions, timeoutMs: number): Promise<{ description: string }> {
  const brokers = brokerAddresses(options.brokers);
  const limits = { connectionTimeoutMs: timeoutMs, requestTimeoutMs: timeoutMs };
  let admin: KafkaAdmin | undefined;
  try {
    // Half of the time for who is there, the rest for the cluster behind it.
    const { broker, release } = await firstThatAnswers(options, brokers, timeoutMs / 2);
    // First the one that has answered: another may be down, or hang.
    const inOrder = { ...options, ...limits, brokers: [broker, ...brokers.filter((other) => other !== broker)] };
    admin = new KafkaAdmin(inOrder, { retries: brokers.length, timeoutMs: timeoutMs / 2, partialMetadata: true });
    const { clusterId, brokers: members, controller } = await admin.describeCluster();
    const count = Object.keys(members).length;
    const controlledBy = controller === null ? 'no controller' : `controller ${controller} at ${members[controller]}`;
    return {
      description: `Kafka ${release}, cluster ${clusterId}, ${count} ${count === 1 ? 'broker' : 'brokers'}, ${controlledBy}`,
    };
  } catch (thrown) {
    throw kafkaError(thrown, { brokers });
  } finally {
    await admin?.close();
  }
}

/** The first bootstrap address that answers, and its release; the error of the last one if none does. */
async function firstThatAnswers(
  { ssl }: KafkaConnectionOptions,
  brokers: readonly string[],
  timeoutMs: number,
): Promise<{ readonly broker: string; readonly release: string }> {
  const sockets = new KafkaSockets();
  const eachMs = timeoutMs / brokers.length;
  let failure: unknown;
  try {
    for (const broker of brokers) {
      const [host = '', port] = broker.split(':');
      const tls = (ssl === true ? {} : ssl || undefined) as ConnectionOptions;
      try {
        const answer = await askApiVersions(sockets.factory, { host, port: Number(port), ssl: tls }, eachMs);
        return { broker, release: releaseOf(answer) };
      } catch (thrown) {
        failure = thrown;
      }
    }
    throw failure;
  } finally {
    sockets.destroy();
  }
}
