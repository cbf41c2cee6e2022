import { execFile } from 'node:child_process';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { promisify } from 'node:util';
import { FaultProxy } from '../../support/fault-proxy';
import { ADMIN } from '../../support/own-influxd';
import { kafkaClassPath } from '../../support/own-kafka';
import { freePort } from '../../support/own-mosquitto';
import type { FlowAddresses } from './fault-flow';
import { type FaultServers, startServers } from './fault-servers';

const run = promisify(execFile);
const USER = 'twin';
const PASSWORD = 'twin secret';

/** A server behind a relay, which wants a credential. */
export interface GuardedServer {
  readonly title: string;
  readonly server: { signal(name: NodeJS.Signals): void };
  readonly relay: FaultProxy;
  /** Refuses the credential from now on, to those who are connected too. */
  readonly refuse: () => Promise<unknown>;
  readonly accept: () => Promise<unknown>;
}

export interface GuardedServers {
  readonly servers: FaultServers;
  readonly guarded: readonly GuardedServer[];
  /** Where Node-RED finds the relays, and what it logs in with, by config node. */
  readonly addresses: Pick<FlowAddresses, 'mqttPort' | 'brokers' | 'influxUrl'>;
  readonly credentials: Readonly<Record<string, Readonly<Record<string, string>>>>;
}

/** Mosquitto, Kafka (SCRAM) and InfluxDB, each with a relay in front of it; foreign clients go in without either. */
export async function startGuardedServers(t: TestContext): Promise<GuardedServers> {
  const [listener, outside] = [await freePort(), await freePort()];
  const servers = await startServers(t, {
    mosquitto: { lines: ['password_file DIR/users'], files: { users: '' } },
    kafka: {
      format: ['--add-scram', `SCRAM-SHA-256=[name=${USER},password=${PASSWORD}]`],
      replace: (config) =>
        config
          .replace(/^(listeners=.*)$/m, `$1,TWIN://127.0.0.1:${listener}`)
          .replace(/^(advertised\.listeners=.*)$/m, `$1,TWIN://127.0.0.1:${outside}`)
          .replace(/^(listener\.security\.protocol\.map=.*)$/m, '$1,TWIN:SASL_PLAINTEXT'),
      lines: [
        'listener.name.twin.sasl.enabled.mechanisms=SCRAM-SHA-256',
        'listener.name.twin.scram-sha-256.sasl.jaas.config=' +
          'org.apache.kafka.common.security.scram.ScramLoginModule required;',
      ],
    },
    influxAuth: true,
  });
  const { mosquitto, kafka, influxd } = servers;
  const [mqtt, log, database] = await Promise.all([
    FaultProxy.start(t, mosquitto.port),
    FaultProxy.start(t, listener, outside),
    FaultProxy.start(t, influxd.port),
  ]);
  const influx = (q: string): Promise<Response> =>
    fetch(`${influxd.url}/query`, {
      method: 'POST',
      headers: { Authorization: `Basic ${Buffer.from(`${ADMIN.name}:${ADMIN.password}`).toString('base64')}` },
      body: new URLSearchParams({ q }),
    });
  const mosquittoPassword = async (password: string): Promise<void> => {
    await run('mosquitto_passwd', ['-b', join(mosquitto.folder, 'users'), USER, password]);
    mosquitto.signal('SIGHUP');
  };
  const kafkaUser = async (...change: string[]): Promise<void> => {
    const main = ['-Xmx128m', '-cp', kafkaClassPath(), 'kafka.admin.ConfigCommand'];
    const entity = ['--entity-type', 'users', '--entity-name', USER];
    await run('java', [...main, '--bootstrap-server', kafka.brokers.join(), '--alter', ...entity, ...change]);
    // It asks for a credential only when somebody connects.
    log.mode = { kind: 'cut' };
    log.mode = { kind: 'pass' };
  };
  await mosquittoPassword(PASSWORD);
  await influx(`CREATE USER "${USER}" WITH PASSWORD '${PASSWORD}' WITH ALL PRIVILEGES`);
  const setPassword = (password: string) => influx(`SET PASSWORD FOR "${USER}" = '${password}'`);
  const login = { username: USER, password: PASSWORD };
  return {
    servers,
    guarded: [
      {
        ...{ title: 'Kafka', server: kafka, relay: log },
        refuse: () => kafkaUser('--delete-config', 'SCRAM-SHA-256'),
        accept: () => kafkaUser('--add-config', `SCRAM-SHA-256=[password=${PASSWORD}]`),
      },
      {
        ...{ title: 'Mosquitto', server: mosquitto, relay: mqtt },
        refuse: () => mosquittoPassword('another'),
        accept: () => mosquittoPassword(PASSWORD),
      },
      {
        ...{ title: 'InfluxDB', server: influxd, relay: database },
        refuse: () => setPassword('another'),
        accept: () => setPassword(PASSWORD),
      },
    ],
    addresses: {
      ...{ mqttPort: mqtt.port, brokers: `127.0.0.1:${outside}`, influxUrl: `http://127.0.0.1:${database.port}` },
    },
    credentials: { broker: login, cluster: login, database: login },
  };
}
