import { decodeEnvelope, encodeEnvelope } from '../../lib/delivery/spool-envelope';
import type { MqttPublisher } from '../../lib/mqtt/mqtt-publisher';
import { replayedPayload } from '../../lib/reading/reading-payload';
import type { FlowMessage } from '../common/message';

interface PublishedMessage {
  readonly topic: string;
  readonly payload: Buffer | string;
  readonly retain: boolean;
  /** Epoch ms. */
  readonly expiresMs: number | undefined;
}

/** A message as it waits on disk. */
export const payloadOf = ({ payload, ...head }: PublishedMessage): Buffer => encodeEnvelope({ head, body: payload });

/** Publishes a message that waited on disk, marked as such. */
export async function resend(publisher: MqttPublisher, bytes: Buffer): Promise<void> {
  const { head, body } = decodeEnvelope(bytes);
  const { topic, retain, expiresMs } = head as Partial<PublishedMessage>;
  await publisher.publish(String(topic), replayedPayload(body), { qos: 1, retain: retain === true, expiresMs });
}

/** A message that waited on disk, as a message of the flow. */
export function messageOf(bytes: Buffer): FlowMessage {
  const { head, body } = decodeEnvelope(bytes);
  const { topic, expiresMs } = head as Partial<PublishedMessage>;
  return { topic, ...(expiresMs !== undefined && { expires: expiresMs }), payload: body.toString('utf8') };
}
