import assert from 'node:assert/strict';
import { createServer, type Server, type Socket } from 'node:net';
import { describe, it, type TestContext } from 'node:test';
import { probeKafka } from '../../../lib/kafka/kafka-probe';
import { freePort } from '../../support/own-mosquitto';
import { influxUrl, kafkaBrokers, mqttUrl } from '../../support/servers';

const refusal = (code: string, message: RegExp) => ({ name: 'TwinError', code, message });
const addressOf = (url: string): string => new URL(url).host;

/** A port at which somebody listens and never says a word. */
async function silentPort(t: TestContext): Promise<number> {
  const port = await freePort();
  const sockets = new Set<Socket>();
  const server: Server = createServer((socket) => sockets.add(socket));
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  t.after(() => {
    sockets.forEach((socket) => socket.destroy());
    server.close();
  });
  return port;
}

describe('probeKafka', () => {
  it('says release, cluster, brokers and controller', async () => {
    const { description } = await probeKafka({ brokers: kafkaBrokers() }, 5_000);
    assert.match(description, /^Kafka \S+.*, cluster .{22}, 1 broker, controller \d+ at \S+:\d+$/);
  });

  it('is content with one bootstrap address that answers', async () => {
    const { description } = await probeKafka({ brokers: ['127.0.0.1:1', ...kafkaBrokers()] }, 5_000);
    assert.match(description, /1 broker/);
  });

  it('says that nothing listens, or that there is no such host', async () => {
    await assert.rejects(
      probeKafka({ brokers: ['127.0.0.1:1'] }, 3_000),
      refusal('KAFKA_UNREACHABLE', /127\.0\.0\.1:1/),
    );
    await assert.rejects(
      probeKafka({ brokers: ['no-such-host.invalid:9092'] }, 5_000),
      refusal('KAFKA_HOST_UNKNOWN', /no-such-host\.invalid/),
    );
  });

  it('finds out that another kind of server is there', async () => {
    for (const [url, code] of [
      [mqttUrl(), 'KAFKA_CONNECTION_CLOSED'],
      [influxUrl(), 'KAFKA_TIMEOUT'],
    ] as const) {
      await assert.rejects(
        probeKafka({ brokers: [addressOf(url)] }, 2_000),
        refusal(code, /another kind of server|not answer like a Kafka/),
      );
    }
  });

  it('ends in time when nobody answers', async (t) => {
    const brokers = [`127.0.0.1:${await silentPort(t)}`];
    const began = performance.now();
    await assert.rejects(
      probeKafka({ brokers }, 1_000),
      refusal('KAFKA_TIMEOUT', /does not answer like a Kafka broker/),
    );
    assert.ok(performance.now() - began < 2_500);
  });

  it('says when TLS or a login is asked for where there is none', async () => {
    await assert.rejects(
      probeKafka({ brokers: kafkaBrokers(), ssl: true }, 3_000),
      refusal('KAFKA_TLS_MISMATCH', /does not speak TLS/),
    );
    const sasl = { mechanism: 'plain', username: 'someone', password: 'a secret' } as const;
    await assert.rejects(
      probeKafka({ brokers: kafkaBrokers(), sasl }, 3_000),
      refusal('KAFKA_AUTHENTICATION_FAILED', /^(?!.*a secret).*asks for no SASL login/),
    );
  });

  it('refuses addresses that cannot be dialled', async () => {
    for (const broker of ['http://host:1', '[::1]:9092', 'host:0', 'host:70000', '']) {
      await assert.rejects(probeKafka({ brokers: [broker] }, 1_000), { code: 'KAFKA_OPTIONS_INVALID' }, broker);
    }
  });
});
