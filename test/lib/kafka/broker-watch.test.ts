import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createRequire } from 'node:module';
import { type AddressInfo, createServer } from 'node:net';
import { test } from 'node:test';
import { BrokerWatch } from '../../../lib/kafka/broker-watch';
import { KafkaSockets } from '../../../lib/kafka/kafka-sockets';
import { applyKafkajsCures } from '../../../lib/kafka/kafkajs-cures';
import { Connection, type ConnectionCall, type ConnectionInstance } from '../../../lib/kafka/kafkajs-internals';
import { until } from '../../support/until';

const load = createRequire(__filename);
const LONG_MS = 60_000;

type FullConnection = ConnectionInstance & {
  connect(): Promise<unknown>;
  readonly requestQueue: { throttledUntil: number };
};

test('a request that waited for its quota is missed like any other, when the broker hangs', async (t) => {
  applyKafkajsCures();
  // Accepts, and never answers.
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const address = `127.0.0.1:${port}`;
  const sockets = new KafkaSockets();
  const dropped: string[] = [];
  const watch = new BrokerWatch(sockets.factory, {
    brokers: [address, 'other:9092'],
    membersBy: () => Promise.resolve(['other:9092']),
    drop: (name) => dropped.push(name),
  });
  t.after(() => {
    watch.close();
    sockets.destroy();
    server.close();
  });
  const quiet = { debug() {}, info() {}, warn() {}, error() {}, namespace: () => quiet };
  const times = { requestTimeout: LONG_MS, connectionTimeout: LONG_MS };
  const where = { host: '127.0.0.1', port, socketFactory: sockets.factory, logger: quiet };
  const connection = new (Connection as unknown as new (options: object) => FullConnection)({ ...where, ...times });
  await connection.connect();
  // As after an answer that asks for a pause: longer than from one look to the next.
  connection.requestQueue.throttledUntil = Date.now() + 2_500;
  const request = (load('kafkajs/src/protocol/requests/apiVersions/v0/request') as () => object)();
  const response = load('kafkajs/src/protocol/requests/apiVersions/v0/response') as object;
  const failed = assert.rejects(connection.send({ request, response } as ConnectionCall), {
    code: 'KAFKA_BROKER_LOST',
  });
  await until(() => dropped.length > 0, 30_000, 'the end of the patience');
  assert.equal(dropped[0], address);
  await failed;
});
