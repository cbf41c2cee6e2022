import { messageOf, TwinError } from '../reading/twin-error';
import type { MqttLink } from './mqtt-link';

/** Time for the broker to answer a SUBSCRIBE. */
const ANSWER_MS = 10_000;

/** SUBACK: the broker refuses this filter (MQTT 3.1.1, section 3.9.3; in MQTT 5 every code from here on says no). */
const REFUSED = 0x80;

/**
 * Subscribes on a fresh link and looks at the answer for every filter.
 * @throws TwinError `MQTT_SUBSCRIBE_REFUSED`, retryable: rights may be given later, a silent broker may wake up
 */
export async function subscribe(link: MqttLink, topics: readonly string[], qos: 0 | 1): Promise<void> {
  const timer = setTimeout(() => link.fail(refused(topics, 'no answer')), ANSWER_MS);
  try {
    const grants = await link.client.subscribeAsync([...topics], { qos });
    const denied = grants.filter(({ qos: granted }) => granted >= REFUSED).map(({ topic }) => topic);
    if (denied.length > 0) throw refused(denied, 'may this user read there?');
    const weaker = grants.filter(({ qos: granted }) => granted < qos).map(({ topic }) => topic);
    if (weaker.length > 0) throw refused(weaker, `it grants only QoS ${grants.map((grant) => grant.qos).join(', ')}`);
  } catch (error) {
    if (error instanceof TwinError) throw error;
    // The link broke meanwhile: its own reason says more.
    if (link.socket.destroyed) throw await link.closed;
    throw refused(topics, messageOf(error));
  } finally {
    clearTimeout(timer);
  }
}

const refused = (topics: readonly string[], reason: string): TwinError =>
  new TwinError(
    'MQTT_SUBSCRIBE_REFUSED',
    `the MQTT broker refused to subscribe us to ${topics.join(', ')}: ${reason}`,
    {
      retryable: true,
      facts: { topics: topics.join(', ') },
    },
  );
