import { randomBytes } from 'node:crypto';
import { TwinError } from '../reading/twin-error';

/** PEM texts and switches of a TLS connection; certificates are verified unless told. */
export interface MqttTlsOptions {
  readonly ca?: string | Buffer | undefined;
  readonly cert?: string | Buffer | undefined;
  readonly key?: string | Buffer | undefined;
  readonly passphrase?: string | undefined;
  readonly rejectUnauthorized?: boolean | undefined;
  readonly servername?: string | undefined;
}

/** How to reach a broker and as whom. */
export interface MqttConnectionOptions {
  /** `mqtt://host:port` or, for TLS, `mqtts://host:port`; ports default to 1883 and 8883. */
  readonly url: string;
  readonly username?: string | undefined;
  readonly password?: string | undefined;
  /** Default: `twin-` and random digits. Needed, and best fixed, for a kept session. */
  readonly clientId?: string | undefined;
  /** 4 is MQTT 3.1.1 (the default), 5 is MQTT 5. */
  readonly protocolVersion?: 4 | 5 | undefined;
  /** Seconds of silence after which the connection is checked (default 30; 0 never checks). */
  readonly keepAliveS?: number | undefined;
  /** False asks the broker to keep subscriptions and undelivered messages while we are away (default true). */
  readonly clean?: boolean | undefined;
  /** MQTT 5: seconds for which the broker keeps the session (default one week with `clean: false`). */
  readonly sessionExpiryS?: number | undefined;
  readonly tls?: MqttTlsOptions | undefined;
  /** Time for TCP, TLS and the broker's answer together (default 10 s). */
  readonly connectTimeoutMs?: number | undefined;
}

/** The options with every default in its place. */
export interface ResolvedMqttOptions {
  readonly host: string;
  readonly port: number;
  readonly secure: boolean;
  readonly username: string | undefined;
  readonly password: string | undefined;
  readonly clientId: string;
  readonly protocolVersion: 4 | 5;
  readonly keepAliveS: number;
  readonly clean: boolean;
  readonly sessionExpiryS: number;
  readonly tls: MqttTlsOptions;
  readonly connectTimeoutMs: number;
}

const WEEK_S = 7 * 24 * 3600;

/** Used by the scripts that this pack interworks with: a broker throws out the older of two clients with one name. */
const FOREIGN_CLIENT_IDS = ['MQTT Python Publisher', 'MQTT Kafka Bridge'];

/** @throws TwinError `MQTT_OPTIONS`, which says what was expected; it never repeats a secret. */
export function resolveMqttOptions(options: MqttConnectionOptions): ResolvedMqttOptions {
  const url = parseUrl(options.url);
  const clean = options.clean ?? true;
  const clientId = options.clientId || undefined;
  if (!clean && clientId === undefined) throw invalid('a kept session (clean: false) needs a fixed client id');
  if (clientId !== undefined && FOREIGN_CLIENT_IDS.includes(clientId)) {
    throw invalid(`the client id "${clientId}" belongs to another program: two clients with one id evict each other`);
  }
  const keepAliveS = options.keepAliveS ?? 30;
  if (!Number.isInteger(keepAliveS) || keepAliveS < 0 || keepAliveS > 65_535) {
    throw invalid(`keep alive is 0 to 65535 whole seconds, got ${keepAliveS}`);
  }
  return {
    host: url.hostname.replace(/^\[|\]$/g, ''),
    port: Number(url.port || (url.protocol === 'mqtts:' ? 8883 : 1883)),
    secure: url.protocol === 'mqtts:',
    username: options.username || decodeURIComponent(url.username) || undefined,
    password: options.password || decodeURIComponent(url.password) || undefined,
    clientId: clientId ?? `twin-${randomBytes(6).toString('hex')}`,
    protocolVersion: options.protocolVersion ?? 4,
    keepAliveS,
    clean,
    sessionExpiryS: options.sessionExpiryS ?? (clean ? 0 : WEEK_S),
    tls: options.tls ?? {},
    connectTimeoutMs: options.connectTimeoutMs ?? 10_000,
  };
}

function parseUrl(text: string): URL {
  let url: URL;
  try {
    url = new URL(text);
  } catch {
    // The text itself may hold a password.
    throw invalid('the address is not of the form mqtt://host:port or mqtts://host:port');
  }
  if (url.protocol !== 'mqtt:' && url.protocol !== 'mqtts:') {
    throw invalid(`the address begins with "${url.protocol}//", expected mqtt:// or mqtts://`);
  }
  if (!url.hostname) throw invalid('the address names no host: expected mqtt://host:port');
  return url;
}

const invalid = (reason: string): TwinError => new TwinError('MQTT_OPTIONS', `MQTT connection: ${reason}`);
