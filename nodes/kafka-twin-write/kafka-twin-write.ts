import type { NodeAPI } from '@node-red/registry';
import { KafkaProducer } from '../../lib/kafka/kafka-producer';
import type { RecordPosition } from '../../lib/kafka/kafka-record';
import type { FlowMessage } from '../common/message';
import { connectionOf } from '../common/register-config';
import { registerNode } from '../common/register-node';
import { expiryOf } from '../common/sink/expiry-of';
import { Sink, type Taken } from '../common/sink/sink';
import { writeItems } from '../common/sink/write-items';
import type { ClusterConnection } from '../kafka-twin-cluster/kafka-twin-cluster';
import { definition as clusterDefinition } from '../kafka-twin-cluster/options';
import { definition } from './options';
import { RecordMaker } from './record-maker';
import { messageOf, payloadOf, recordOf } from './spooled-record';

export default function (RED: NodeAPI): void {
  registerNode(RED, definition, (context) => {
    const { options } = context;
    const { options: connection } = connectionOf<ClusterConnection>(RED, clusterDefinition, options.cluster);
    const records = new RecordMaker(options);
    const producer = new KafkaProducer({ connection, compression: options.compression });
    const sink = new Sink(context, {
      settings: options,
      // Records of one key keep their order.
      order: 'in-order',
      counted: (count) => context.word('status.written', { count }),
      resend: (payload) => producer.send(recordOf(payload)),
      describe: messageOf,
    });
    producer.on('state', sink.changed);
    producer.start();
    return {
      input: (message, flow) => writeItems(message, flow, (item) => write(message, item), describePositions),
      close: (removed) => sink.close((drainMs) => producer.close(drainMs), removed),
    };

    async function write(message: FlowMessage, item: unknown): Promise<Taken<RecordPosition>> {
      // The time at which it came, however long it waits.
      const record = { timestampMs: Date.now(), expiresMs: expiryOf(message), ...records.of(item, message) };
      return sink.take(
        message,
        () => payloadOf(record),
        () => producer.send(record),
      );
    }
  });
}

/** `msg.partition` and `msg.offset` of a reading, lists of them for a batch; null for what waits on disk. */
function describePositions(message: FlowMessage, answers: readonly Taken<RecordPosition>[], batch: boolean): void {
  const partitions = answers.map((taken) => (taken.spooled ? null : taken.answer.partition));
  const offsets = answers.map((taken) => (taken.spooled ? null : Number(taken.answer.offset)));
  message['partition'] = batch ? partitions : partitions[0];
  message['offset'] = batch ? offsets : offsets[0];
}
