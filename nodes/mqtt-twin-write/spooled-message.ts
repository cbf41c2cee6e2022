import { decodeEnvelope, encodeEnvelope } from '../../lib/delivery/spool-envelope';
import type { MqttPublisher } from '../../lib/mqtt/mqtt-publisher';
import { replayedPayload } from '../../lib/reading/reading-payload';
import type { FlowMessage } from '../common/message';

interface PublishedMessage {
  readonly topic: string;
  readonly payload: Buffer | string;
  readonly retain: boolean;
}

/** A message as it waits on disk. */
export const payloadOf = ({ topic, payload, retain }: PublishedMessage): Buffer =>
  encodeEnvelope({ head: { topic, retain }, body: payload });

/** Publishes a message that waited on disk, marked as such. */
export async function resend(publisher: MqttPublisher, bytes: Buffer): Promise<void> {
  const { head, body } = decodeEnvelope(bytes);
  await publisher.publish(String(head['topic']), replayedPayload(body), { qos: 1, retain: head['retain'] === true });
}

/** A message that waited on disk, as a message of the flow. */
export function messageOf(bytes: Buffer): FlowMessage {
  const { head, body } = decodeEnvelope(bytes);
  return { topic: String(head['topic']), payload: body.toString('utf8') };
}
