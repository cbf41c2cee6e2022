import { TwinError } from '../reading/twin-error';
import { assertTopicName } from './mqtt-topic';

/** MQTT 5 user properties; a name may occur several times. */
export type UserProperties = Readonly<Record<string, string | readonly string[]>>;

export interface MqttPublishOptions {
  /** 0: handed to the network once; 1 (the default): accepted by the broker, perhaps twice. */
  readonly qos?: 0 | 1 | undefined;
  readonly retain?: boolean | undefined;
  /** MQTT 5 only. */
  readonly userProperties?: UserProperties | undefined;
  /** It is rejected when it could not be sent before (epoch ms). */
  readonly expiresMs?: number | undefined;
}

/** A message on its way out, and the promise that its publisher holds. */
export interface OutgoingMessage {
  readonly topic: string;
  readonly payload: Buffer | string;
  readonly bytes: number;
  readonly qos: 0 | 1;
  readonly retain: boolean;
  readonly userProperties: UserProperties | undefined;
  readonly expiresMs: number | undefined;
  readonly resolve: () => void;
  readonly reject: (error: TwinError) => void;
  /** Connections that ended while this was the first message without an answer, and no other got one. */
  losses: number;
}

/**
 * @throws TwinError `MQTT_TOPIC`, `MQTT_PAYLOAD`, `MQTT_TOO_LARGE` or `MQTT_USER_PROPERTIES`: none of them may pass
 * with time.
 */
export function assertPublishable(
  topic: string,
  payload: unknown,
  { userProperties }: MqttPublishOptions,
  { protocolVersion, maxMessageBytes }: { protocolVersion: 4 | 5; maxMessageBytes: number },
): asserts payload is Buffer | string {
  assertTopicName(topic);
  if (typeof payload !== 'string' && !Buffer.isBuffer(payload)) {
    throw new TwinError('MQTT_PAYLOAD', `the payload for "${topic}" is a ${typeof payload}, expected text or a Buffer`);
  }
  if (userProperties && protocolVersion !== 5) {
    throw new TwinError('MQTT_USER_PROPERTIES', `user properties (for "${topic}") need protocol version 5`);
  }
  const bytes = Buffer.byteLength(payload);
  if (bytes > maxMessageBytes) throw tooLarge(topic, bytes, maxMessageBytes);
}

export function tooLarge(topic: string, bytes: number, maxBytes: number): TwinError {
  return new TwinError('MQTT_TOO_LARGE', `the message for "${topic}" has ${bytes} bytes, at most ${maxBytes} may go`, {
    facts: { topic, bytes, maxBytes },
  });
}

/** Length of a variable byte integer (MQTT 5, section 1.5.5). */
const lengthBytes = (value: number): number => (value < 128 ? 1 : value < 16_384 ? 2 : value < 2_097_152 ? 3 : 4);

/** Size of the whole PUBLISH packet of MQTT 5 (section 3.3). */
export function packetBytes({ topic, bytes, qos, userProperties = {} }: OutgoingMessage): number {
  let properties = 0;
  for (const [name, values] of Object.entries(userProperties)) {
    for (const value of [values].flat()) properties += 5 + Buffer.byteLength(name) + Buffer.byteLength(value);
  }
  const remaining = 2 + Buffer.byteLength(topic) + (qos === 0 ? 0 : 2) + lengthBytes(properties) + properties + bytes;
  return 1 + lengthBytes(remaining) + remaining;
}
