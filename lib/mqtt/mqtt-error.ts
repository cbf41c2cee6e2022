import { messageOf, TwinError } from '../reading/twin-error';
import type { ResolvedMqttOptions } from './mqtt-options';

/** What is known about a connection that could not be made or ended. */
export interface Failure {
  /** What the socket, the TLS layer or mqtt.js reported first, if anything. */
  readonly error: unknown;
  /** For how long the broker had accepted us before; undefined when it never had. */
  readonly openMs: number | undefined;
}

/** Who is thrown out sooner than this after each connect most likely shares a client id with somebody. */
const SOON_MS = 3_000;

/** Return codes of CONNACK, 3.1.1 (1 to 5) and 5 (128 and up), and reason codes of DISCONNECT in 5. */
const REASONS: Readonly<Record<number, readonly [code: string, sentence: string]>> = {
  1: ['MQTT_PROTOCOL_VERSION', 'does not speak this MQTT version: choose the other one'],
  2: ['MQTT_CLIENT_ID', 'refuses the client id: choose another one'],
  3: ['MQTT_UNAVAILABLE', 'is not available'],
  4: ['MQTT_NOT_AUTHORIZED', 'refuses the user name or password'],
  5: ['MQTT_NOT_AUTHORIZED', 'refuses this user: check user name, password and client id'],
  132: ['MQTT_PROTOCOL_VERSION', 'does not speak this MQTT version: choose the other one'],
  133: ['MQTT_CLIENT_ID', 'refuses the client id: choose another one'],
  134: ['MQTT_NOT_AUTHORIZED', 'refuses the user name or password'],
  135: ['MQTT_NOT_AUTHORIZED', 'refuses this user: check user name, password and client id'],
  136: ['MQTT_UNAVAILABLE', 'is not available'],
  137: ['MQTT_UNAVAILABLE', 'is busy'],
  138: ['MQTT_NOT_AUTHORIZED', 'has banned this client'],
  139: ['MQTT_CONNECTION_LOST', 'is shutting down'],
  142: ['MQTT_TAKEN_OVER', 'gave our place to another client with the same client id: make the ids differ'],
  149: ['MQTT_TOO_LARGE', 'refuses a message as too large'],
};

const SOCKET_ERRORS: Readonly<Record<string, readonly [code: string, sentence: string]>> = {
  ECONNREFUSED: ['MQTT_REFUSED', 'refuses the connection: does it run, and is the port right?'],
  ENOTFOUND: ['MQTT_HOST_UNKNOWN', 'has a host name that nobody knows: check its spelling'],
  EAI_AGAIN: ['MQTT_HOST_UNKNOWN', 'has a host name that cannot be looked up now: check it and the name server'],
  ETIMEDOUT: ['MQTT_UNREACHABLE', 'does not answer: check host, port and firewall'],
  EHOSTUNREACH: ['MQTT_UNREACHABLE', 'cannot be reached: check host and network'],
  ENETUNREACH: ['MQTT_UNREACHABLE', 'cannot be reached: check host and network'],
};

const where = ({ host, port }: { host: string; port: number }): string =>
  `the MQTT broker at ${host.includes(':') ? `[${host}]` : host}:${port}`;

/** One clear, retryable error from whatever a connection ended with: what happened, where, what to do. */
export function mqttError(target: ResolvedMqttOptions, { error, openMs }: Failure): TwinError {
  if (error instanceof TwinError) return error;
  const [code, sentence] = explain(target, error, openMs);
  return new TwinError(code, `${where(target)} ${sentence}`, {
    retryable: true,
    cause: error,
    facts: { host: target.host, port: target.port },
  });
}

function explain(target: ResolvedMqttOptions, error: unknown, openMs: number | undefined): readonly [string, string] {
  const { code, message } = { code: (error as { code?: unknown } | undefined)?.code, message: messageOf(error) };
  if (typeof code === 'number') return REASONS[code] ?? ['MQTT_REFUSED', `refused with reason ${code} (${message})`];
  if (typeof code === 'string' && SOCKET_ERRORS[code]) return SOCKET_ERRORS[code];
  if (message === 'connack timeout') {
    return ['MQTT_NO_ANSWER', 'took the connection but does not answer: is it an MQTT port, with or without TLS?'];
  }
  if (message === 'Keepalive timeout') return ['MQTT_CONNECTION_LOST', 'fell silent'];
  if (openMs !== undefined) {
    const hint = openMs < SOON_MS ? `: does another client use the id "${target.clientId}"?` : '';
    return ['MQTT_CONNECTION_LOST', error ? `closed the connection (${message})` : `closed the connection${hint}`];
  }
  if (typeof code === 'string' && (isTlsError(code) || target.secure)) {
    return ['MQTT_TLS', `does not agree with us on TLS: ${code === 'ECONNRESET' ? 'is it a TLS port?' : message}`];
  }
  if (!error || code === 'ECONNRESET' || code === 'EPIPE') {
    return [
      'MQTT_CLOSED_EARLY',
      'closed the connection instead of answering: does it want TLS, or refuse this client?',
    ];
  }
  return ['MQTT_NOT_MQTT', `answered what is not MQTT (${message}): check the port`];
}

/** Codes of OpenSSL and of Node's certificate check. */
const isTlsError = (code: string): boolean =>
  /^(ERR_(SSL|TLS|OSSL)_|CERT_|UNABLE_TO_|DEPTH_ZERO|SELF_SIGNED|HOSTNAME_MISMATCH|INVALID_CA|EPROTO)/.test(code);

/** The broker's PUBACK in MQTT 5 said no. */
export function publishRefused(topic: string, reason: number): TwinError {
  const [why, retryable] = PUBLISH_REASONS[reason] ?? [`reason ${reason}`, false];
  return new TwinError('MQTT_PUBLISH_REFUSED', `the MQTT broker refused a message for "${topic}": ${why}`, {
    retryable,
    facts: { topic, reason },
  });
}

const PUBLISH_REASONS: Readonly<Record<number, readonly [why: string, retryable: boolean]>> = {
  128: ['it gave no reason', true],
  131: ['a limit of its own implementation', true],
  135: ['this user may not publish there', false],
  144: ['it does not accept this topic', false],
  145: ['the packet identifier is in use', true],
  149: ['it is too large', false],
  151: ['a quota is exceeded', true],
  153: ['the payload has not the announced format', false],
};
