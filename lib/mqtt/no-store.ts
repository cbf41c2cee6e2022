import { Readable } from 'node:stream';
import type { IClientOptions } from 'mqtt';

type Store = NonNullable<IClientOptions['outgoingStore']>;

/**
 * Keeps nothing: what waits for its acknowledgement is in the `OutgoingQueue`, and a client that serves one connection
 * never sends again. mqtt.js's own store would keep each message once more, in a `Map` that has them come and go (see
 * `TurnoverMap`).
 */
export const noStore: Store = {
  put(_packet, done) {
    done();
    return noStore;
  },
  // mqtt.js takes an error for the end of the message.
  del(packet, done) {
    done(undefined, packet as Parameters<typeof done>[1]);
    return noStore;
  },
  get(_packet, done) {
    done(new Error('nothing is kept'));
    return noStore;
  },
  createStream: () => Readable.from([]) as ReturnType<Store['createStream']>,
  close: (done) => done(),
};
