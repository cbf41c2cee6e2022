import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { freePort } from './own-mosquitto';
import { OwnKafka } from './own-kafka';

/** Of the user alice. */
export const PASSWORD = 'alice secret';
const STORE = 'store-password';
const plainModule = 'org.apache.kafka.common.security.plain.PlainLoginModule required';
const scramModule = 'org.apache.kafka.common.security.scram.ScramLoginModule required;';

/** A key and its self-signed certificate, as a Java server wants them, by Java's own tool. */
function makeCertificate(folder: string): void {
  const store = [
    '-keystore',
    join(folder, 'keys.p12'),
    '-storetype',
    'PKCS12',
    '-storepass',
    STORE,
    '-alias',
    'broker',
  ];
  const keytool = (...args: string[]) => execFileSync('keytool', [...args, ...store], { stdio: 'pipe' });
  keytool(
    '-genkeypair',
    '-keyalg',
    'RSA',
    '-validity',
    '2',
    '-dname',
    'CN=localhost',
    '-ext',
    'san=dns:localhost,ip:127.0.0.1',
  );
  keytool('-exportcert', '-rfc', '-file', join(folder, 'ca.pem'));
}

export interface SecuredKafka {
  readonly broker: OwnKafka;
  /** Address of the listener with TLS, for which `ca` is to be trusted. */
  readonly tls: string;
  /** Address of the listener that wants a login (PLAIN, SCRAM-SHA-256, SCRAM-SHA-512) and does not encrypt. */
  readonly sasl: string;
  readonly ca: string;
}

/** A Kafka with a plain, a TLS and a SASL listener. */
export async function startSecuredKafka(t: TestContext): Promise<SecuredKafka> {
  const [tls, sasl] = [await freePort(), await freePort()];
  const broker = await OwnKafka.start(t, {
    prepare: makeCertificate,
    format: [
      '--add-scram',
      `SCRAM-SHA-256=[name=alice,password=${PASSWORD}]`,
      '--add-scram',
      `SCRAM-SHA-512=[name=alice,password=${PASSWORD}]`,
    ],
    replace: (config) =>
      config
        .replace(/^(listeners=.*)$/m, `$1,TLS://127.0.0.1:${tls},SASL://127.0.0.1:${sasl}`)
        .replace(/^(advertised\.listeners=.*)$/m, `$1,TLS://127.0.0.1:${tls},SASL://127.0.0.1:${sasl}`)
        .replace(/^(listener\.security\.protocol\.map=.*)$/m, '$1,TLS:SSL,SASL:SASL_PLAINTEXT'),
    lines: [
      'ssl.keystore.type=PKCS12',
      'ssl.keystore.location=DIR/keys.p12',
      `ssl.keystore.password=${STORE}`,
      'listener.name.sasl.sasl.enabled.mechanisms=PLAIN,SCRAM-SHA-256,SCRAM-SHA-512',
      `listener.name.sasl.plain.sasl.jaas.config=${plainModule} user_alice="${PASSWORD}";`,
      `listener.name.sasl.scram-sha-256.sasl.jaas.config=${scramModule}`,
      `listener.name.sasl.scram-sha-512.sasl.jaas.config=${scramModule}`,
    ],
  });
  return {
    broker,
    tls: `127.0.0.1:${tls}`,
    sasl: `127.0.0.1:${sasl}`,
    ca: readFileSync(join(broker.folder, 'ca.pem'), 'utf8'),
  };
}
