import { Kafka, logLevel } from 'kafkajs';
import { messageOf, TwinError } from '../../lib/reading/twin-error';

export interface KafkaCluster {
  readonly clusterId: string;
  readonly brokers: number;
}

/**
 * Asks a cluster in its own protocol: ApiVersions on connecting, then Metadata, until it names a controller.
 * Rejects with STACK_KAFKA when no broker answers or the cluster has no controller yet.
 */
export async function checkKafka(brokers: readonly string[], timeoutMs = 3_000): Promise<KafkaCluster> {
  const kafka = new Kafka({
    brokers: [...brokers],
    clientId: 'twin-health',
    connectionTimeout: timeoutMs,
    requestTimeout: timeoutMs,
    retry: { retries: 0 },
    logLevel: logLevel.NOTHING,
  });
  const admin = kafka.admin();
  try {
    await admin.connect();
    const cluster = await admin.describeCluster();
    if (cluster.controller === null || cluster.brokers.length === 0)
      throw new Error('the cluster has no controller yet');
    return { clusterId: cluster.clusterId, brokers: cluster.brokers.length };
  } catch (error) {
    throw new TwinError('STACK_KAFKA', `Kafka ${brokers.join(',')}: ${messageOf(error)}`, {
      retryable: true,
      cause: error,
    });
  } finally {
    await admin.disconnect().catch(() => undefined);
  }
}
