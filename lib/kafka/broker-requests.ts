import { TwinError } from '../reading/twin-error';
import { ask } from './ask-broker';
import { apiKeys, assertFetched, type BrokerInstance, createErrorFromCode } from './kafkajs-internals';
import { encodeFetchRequest, FETCH_VERSION, fetchRequestBytes, type FetchRequest } from './wire/fetch-request';
import { decodeFetchResponse, type FetchResponse } from './wire/fetch-response';
import {
  decodeProduceResponse,
  encodeProduceRequest,
  PRODUCE_VERSIONS,
  produceRequestBytes,
  type ProduceRequest,
} from './wire/produce';

// The two requests that every record passes through, over the connections of kafkajs, but with bytes that are written
// and read here. In kafkajs they make up a third of the processor time of a reading that goes through Kafka (a buffer
// for each field of a record, a promise for each layer), and one batch that it cannot decode costs the whole response.

/** What a fetch may take beyond its longest wait, in milliseconds. */
const NETWORK_MS = 100;

/**
 * Writes records of one partition; answers the offset of the first.
 *
 * @throws TwinError `KAFKA_NOT_SUPPORTED`; errors of kafkajs
 */
export async function produceTo(broker: BrokerInstance, request: ProduceRequest): Promise<bigint> {
  const apiVersion = commonVersion(broker, apiKeys.Produce, PRODUCE_VERSIONS);
  if (apiVersion === undefined) throw unsupported();
  const { errorCode, baseOffset } = await ask(broker, {
    apiKey: apiKeys.Produce,
    apiName: 'Produce',
    apiVersion,
    expectedBytes: produceRequestBytes(request),
    encode: (writer) => encodeProduceRequest(writer, request),
    decode: (payload) => decodeProduceResponse(payload, apiVersion),
  });
  if (errorCode !== 0) throw createErrorFromCode(errorCode);
  return baseOffset;
}

/** Whether `fetchFrom` can ask this broker. */
export const canFetchFrom = (broker: BrokerInstance): boolean =>
  commonVersion(broker, apiKeys.Fetch, { min: FETCH_VERSION, max: FETCH_VERSION }) !== undefined;

/**
 * Reads records, in the form of kafkajs.
 *
 * @throws errors of kafkajs
 */
export async function fetchFrom(broker: BrokerInstance, request: FetchRequest): Promise<FetchResponse> {
  const answer = await ask(broker, {
    apiKey: apiKeys.Fetch,
    apiName: 'Fetch',
    apiVersion: FETCH_VERSION,
    timeoutMs: request.maxWaitTime + NETWORK_MS,
    expectedBytes: fetchRequestBytes(request),
    encode: (writer) => encodeFetchRequest(writer, request),
    decode: decodeFetchResponse,
  });
  return assertFetched(answer);
}

interface Versions {
  readonly min: number;
  readonly max: number;
}

/** The newest version that the broker knows and we do. */
function commonVersion(broker: BrokerInstance, apiKey: number, ours: Versions): number | undefined {
  const theirs = broker.versions?.[apiKey];
  if (!theirs || theirs.minVersion > ours.max || theirs.maxVersion < ours.min) return undefined;
  return Math.min(theirs.maxVersion, ours.max);
}

const unsupported = (): TwinError =>
  new TwinError('KAFKA_NOT_SUPPORTED', 'the broker is older than Kafka 0.11, or too new for this version', {
    retryable: true,
  });
