import { createConnection, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { TwinError } from '../../lib/reading/twin-error';

export interface MqttAddress {
  readonly url: string;
  readonly username?: string;
  readonly password?: string;
}

const CONNECT = 0x10;
const CONNACK = 0x20;
const DISCONNECT = Buffer.from([0xe0, 0]);
const REFUSED: Readonly<Record<number, string>> = {
  1: 'MQTT 3.1.1 is not accepted',
  2: 'the client identifier is refused',
  3: 'the server is unavailable',
  4: 'wrong user name or password',
  5: 'not authorized',
};

/**
 * Asks a broker in its own protocol: CONNECT (MQTT 3.1.1, clean session), then CONNACK with return code 0.
 * Rejects with STACK_MQTT when it is not there, answers something else, or refuses.
 */
export function checkMqtt({ url, username, password }: MqttAddress, timeoutMs = 3_000): Promise<void> {
  const { hostname, port, protocol } = new URL(url);
  const secure = protocol === 'mqtts:' || protocol === 'ssl:' || protocol === 'tls:';
  return new Promise((resolve, reject) => {
    const target = { host: hostname, port: Number(port || (secure ? 8883 : 1883)) };
    const socket: Socket = secure ? connectTls({ ...target, servername: hostname }) : createConnection(target);
    const fail = (reason: string, cause?: Error): void => {
      socket.destroy();
      reject(
        new TwinError('STACK_MQTT', `MQTT broker ${hostname}:${target.port}: ${reason}`, { retryable: true, cause }),
      );
    };
    let answer = Buffer.alloc(0);
    socket.setTimeout(timeoutMs, () => fail(`no CONNACK within ${timeoutMs / 1000} s`));
    socket.once('error', (error) => fail(error.message, error));
    socket.once('close', () => fail('closed the connection before CONNACK'));
    socket.once(secure ? 'secureConnect' : 'connect', () => socket.write(connectPacket(username, password)));
    socket.on('data', (chunk: Buffer) => {
      answer = Buffer.concat([answer, chunk]);
      if (answer.length < 4) return;
      const returnCode = answer[3] ?? 255;
      if (answer[0] !== CONNACK) return fail('does not speak MQTT');
      if (returnCode !== 0) return fail(REFUSED[returnCode] ?? `refused with return code ${returnCode}`);
      socket.removeAllListeners('close');
      socket.end(DISCONNECT);
      resolve();
    });
  });
}

/** MQTT 3.1.1, 3.1: fixed header, protocol name and level, flags, keep-alive, then client id, user name, password. */
function connectPacket(username?: string, password?: string): Buffer {
  const flags = 0x02 | (username === undefined ? 0 : 0x80) | (password === undefined ? 0 : 0x40);
  const payload = [`twin-health-${process.pid}-${Date.now().toString(36)}`, username, password].filter(
    (text) => text !== undefined,
  );
  const body = Buffer.concat([field('MQTT'), Buffer.from([4, flags, 0, 30]), ...payload.map(field)]);
  return Buffer.concat([Buffer.from([CONNECT, ...remainingLength(body.length)]), body]);
}

function field(text: string): Buffer {
  const bytes = Buffer.from(text);
  const length = Buffer.alloc(2);
  length.writeUInt16BE(bytes.length);
  return Buffer.concat([length, bytes]);
}

function remainingLength(length: number): number[] {
  return length < 128 ? [length] : [(length % 128) | 0x80, ...remainingLength(Math.floor(length / 128))];
}
