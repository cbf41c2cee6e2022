import type { MqttConnectionOptions } from './mqtt-options';
import { MqttPublisher } from './mqtt-publisher';

const LIMIT_MS = 2_000;

/**
 * Ends the session that a broker keeps under a client id, so that it collects nothing more for somebody who will not
 * come back. A broker that does not answer within 2 s is left as it is; never rejects.
 *
 * @param connection as it was used with the kept session, which must be closed by now
 */
export async function endSession(connection: MqttConnectionOptions): Promise<void> {
  // A clean session of the same name is what makes a broker forget the kept one.
  const visitor = new MqttPublisher({ ...connection, clean: true });
  await new Promise<void>((resolve) => {
    const timer = setTimeout(resolve, LIMIT_MS);
    visitor.on('state', ({ state }) => {
      if (state !== 'connected') return;
      clearTimeout(timer);
      resolve();
    });
    visitor.start();
  });
  await visitor.close(0);
}
