import { TwinError } from '../reading/twin-error';

/** TLS settings, as Node's `tls.connect` takes them. */
export interface KafkaTlsOptions {
  readonly ca?: string | Buffer;
  readonly cert?: string | Buffer;
  readonly key?: string | Buffer;
  readonly passphrase?: string;
  readonly rejectUnauthorized?: boolean;
  readonly servername?: string;
}

export interface KafkaSaslOptions {
  readonly mechanism: 'plain' | 'scram-sha-256' | 'scram-sha-512';
  readonly username: string;
  readonly password: string;
}

/** How to reach a cluster. */
export interface KafkaConnectionOptions {
  /** Bootstrap addresses, `host:port`; a missing port means 9092. */
  readonly brokers: readonly string[];
  /** The name under which the broker logs us (default `digital-twin`). */
  readonly clientId?: string;
  readonly ssl?: boolean | KafkaTlsOptions;
  readonly sasl?: KafkaSaslOptions;
  /** Longest wait for a connection in milliseconds (default 5,000). */
  readonly connectionTimeoutMs?: number;
  /** Longest wait for an answer in milliseconds (default 30,000). A shorter one makes copies when a broker stalls. */
  readonly requestTimeoutMs?: number;
}

const DEFAULT_PORT = 9092;
const MAX_PORT = 65_535;

/**
 * The addresses in the form that kafkajs takes.
 *
 * @throws TwinError `KAFKA_OPTIONS_INVALID` for an empty list, a bad port, or an IPv6 literal, which kafkajs cannot
 *   dial
 */
export function brokerAddresses(brokers: readonly string[]): string[] {
  const addresses = brokers.map((broker) => broker.trim()).filter((broker) => broker !== '');
  if (addresses.length === 0) throw invalid('no broker is given: enter at least one as host:port');
  return addresses.map((address) => {
    const [, host, port = String(DEFAULT_PORT)] = /^([^:\s/[\]]+)(?::(\d+))?$/.exec(address) ?? [];
    if (host === undefined || Number(port) < 1 || Number(port) > MAX_PORT) {
      throw invalid(`"${address}" is no broker address: write host:port (an IPv6 address needs a host name)`);
    }
    return `${host}:${port}`;
  });
}

const invalid = (message: string): TwinError => new TwinError('KAFKA_OPTIONS_INVALID', message);
