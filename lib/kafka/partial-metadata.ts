import type { ISocketFactory } from 'kafkajs';
import type { ResponseDecoder } from './kafkajs-internals';

const partial = new WeakSet<ISocketFactory>();

/** A topic in a metadata response of kafkajs. */
interface TopicMetadata {
  readonly topicErrorCode: number;
  readonly topic: string;
}

/**
 * Lets what is asked over the connections of a socket factory have an answer also where something is wrong with one of
 * the topics: it then stands there with its error, and without partitions or with some that nobody leads. (kafkajs
 * takes the first such error for the whole answer, so that one topic that is missing, not allowed, or on a broker that
 * is down stops the work on all others.)
 */
export const acceptPartialMetadata = (factory: ISocketFactory): void => void partial.add(factory);

export const acceptsPartialMetadata = (factory: ISocketFactory): boolean => partial.has(factory);

/** A decoder of metadata that accepts them as they are. */
export const partialMetadata = (response: ResponseDecoder): ResponseDecoder => ({
  ...response,
  parse: (decoded) => Promise.resolve(decoded),
});

/** The protocol's error code of a topic; 0 where all is well or the topic is not there. */
export function errorCodeOf(metadata: object | null, topic: string): number {
  const topics = (metadata as { topicMetadata?: readonly TopicMetadata[] } | null)?.topicMetadata ?? [];
  return topics.find((one) => one.topic === topic)?.topicErrorCode ?? 0;
}
