import { TwinError } from '../reading/twin-error';
import { apiKeys, type BrokerCall, type BrokerInstance, requests } from './kafkajs-internals';
import { encodeFetchRequest, FETCH_VERSION, type FetchRequest, type FetchTopic } from './wire/fetch-request';
import { decodeFetchResponse } from './wire/fetch-response';
import { encodeProduceRequest, PRODUCE_VERSIONS, type ProduceRequest } from './wire/produce-request';

// The two requests that every record passes through, over the connections of kafkajs and in the versions that it
// agrees on with the broker, but with bytes that are written and read here: in kafkajs they make up a third of the
// processor time of a reading that goes through Kafka (a buffer for each field of a record, a promise for each layer),
// and one batch that it cannot decode costs the whole response.

interface ProduceAnswer {
  readonly topics: readonly { readonly partitions: readonly { readonly baseOffset: string }[] }[];
}

/** Writes records of one partition; answers the offset of the first. */
export async function produceTo(broker: BrokerInstance, request: ProduceRequest): Promise<bigint> {
  if ((broker.versions?.[apiKeys.Produce]?.maxVersion ?? 0) < PRODUCE_VERSIONS.min) throw tooOld();
  // What the request says is in our bytes.
  const call = broker.lookupRequest(apiKeys.Produce, requests.Produce)({ acks: -1 });
  const { topics } = (await send(
    broker,
    withBody(call, () => encodeProduceRequest(request)),
  )) as ProduceAnswer;
  const base = topics[0]?.partitions[0]?.baseOffset;
  if (base === undefined) throw new Error('the broker did not say where the records were stored');
  return BigInt(base);
}

/** Reads records, in the form of kafkajs. */
export function fetchFrom(broker: BrokerInstance, request: FetchRequest): Promise<unknown> {
  const fair = { ...request, topics: inRandomOrder(request.topics) };
  const call = broker.lookupRequest(apiKeys.Fetch, requests.Fetch)(fair);
  if (call.request.apiVersion !== FETCH_VERSION) return send(broker, call);
  const { encode, decode } = { encode: () => encodeFetchRequest(fair), decode: decodeFetchResponse };
  return send(broker, { ...withBody(call, encode), response: { ...call.response, decode } });
}

const withBody = (call: BrokerCall, body: () => Buffer | Promise<Buffer>): BrokerCall => ({
  ...call,
  request: { ...call.request, encode: async () => encoded(await body()) },
});

/** What kafkajs takes from one of its encoders. */
const encoded = (buffer: Buffer): object => ({ buf: buffer, buffer });

async function send(broker: BrokerInstance, call: BrokerCall): Promise<unknown> {
  try {
    return await broker.connectionPool.send(call);
  } catch (thrown) {
    if ((thrown as Error).name === 'KafkaJSConnectionClosedError') await broker.disconnect();
    throw thrown;
  }
}

/** The broker fills its answer in the order of the partitions: each must come first at times (KIP-74). */
function inRandomOrder(topics: readonly FetchTopic[]): readonly FetchTopic[] {
  const all = topics.flatMap(({ topic, partitions }) => partitions.map((partition) => ({ topic, partition })));
  if (all.length < 2) return topics;
  for (let last = all.length - 1; last > 0; last--) {
    const other = Math.floor(Math.random() * (last + 1));
    [all[last], all[other]] = [all[other]!, all[last]!];
  }
  return all.map(({ topic, partition }) => ({ topic, partitions: [partition] }));
}

const tooOld = (): TwinError =>
  new TwinError('KAFKA_NOT_SUPPORTED', 'the broker is older than Kafka 0.11: use a newer one', { retryable: true });
