import { TwinError } from '../reading/twin-error';
import { MqttLink } from './mqtt-link';
import { resolveMqttOptions, type MqttConnectionOptions } from './mqtt-options';

/** Mosquitto and some others keep their version here, retained. */
const VERSION_TOPIC = '$SYS/broker/version';

/** Time for that retained message, after which the broker is taken to have none. */
const VERSION_MS = 1_000;

const PROTOCOL_NAMES = { 4: 'MQTT 3.1.1', 5: 'MQTT 5' } as const;

/**
 * Connects once, as a client of its own, and says who answered; for a "Test connection" button.
 * @throws TwinError with the reason, as a connection would report it; `MQTT_NO_ANSWER` after `timeoutMs`
 */
export async function probeMqtt(options: MqttConnectionOptions, timeoutMs: number): Promise<{ description: string }> {
  // An id of its own: the test must not evict the client that it is a test for.
  const target = resolveMqttOptions({ ...options, clientId: undefined, clean: true, connectTimeoutMs: timeoutMs });
  const link = new MqttLink(target);
  const timer = setTimeout(() => link.fail(silent(target)), timeoutMs);
  try {
    await link.opened;
    const version = await askVersion(link);
    const place = `${target.host}:${target.port}${target.secure ? ' (TLS)' : ''}`;
    return { description: `${version ?? 'a broker'}, ${PROTOCOL_NAMES[target.protocolVersion]}, at ${place}` };
  } finally {
    clearTimeout(timer);
    await link.end();
  }
}

async function askVersion(link: MqttLink): Promise<string | undefined> {
  const answer = new Promise<string>((resolve) => {
    link.client.on('message', (_topic, payload) => resolve(payload.toString('utf8').slice(0, 80)));
  });
  let timer: ReturnType<typeof setTimeout> | undefined;
  const none = new Promise<undefined>((resolve) => {
    timer = setTimeout(() => resolve(undefined), VERSION_MS);
    void link.closed.then(() => resolve(undefined));
    // Refused: the user may not read it, which is no fault of the connection.
    link.client.subscribe(VERSION_TOPIC, { qos: 0 }, (error) => error && resolve(undefined));
  });
  const version = await Promise.race([answer, none]);
  clearTimeout(timer);
  return version;
}

const silent = ({ host, port }: { host: string; port: number }): TwinError =>
  new TwinError('MQTT_NO_ANSWER', `the MQTT broker at ${host}:${port} did not answer in time`, { retryable: true });
