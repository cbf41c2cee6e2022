import type { NodeAPI } from '@node-red/registry';
import type { InfluxConnectionOptions } from '../../lib/influx/influx-options';
import { InfluxWriter } from '../../lib/influx/influx-writer';
import type { PointMapping } from '../../lib/influx/point-mapping';
import { connectionOf } from '../common/register-config';
import { registerNode } from '../common/register-node';
import { Sink, type Taken } from '../common/sink/sink';
import { writeItems } from '../common/sink/write-items';
import type { FlowMessage } from '../common/message';
import { definition as databaseDefinition } from '../influx-twin-database/options';
import { definition } from './options';
import { mappingFor, mappingOf, pointsOfItem } from './points-of-item';

export default function (RED: NodeAPI): void {
  registerNode(RED, definition, (context) => {
    const { options } = context;
    const { batch: maxLines, parallel: concurrency, gzip } = options;
    const connection = connectionOf<InfluxConnectionOptions>(RED, databaseDefinition, options.database);
    const writer = new InfluxWriter(connection, { maxLines, concurrency, gzip });
    const sink = new Sink(context, {
      settings: options,
      // Points carry their time, so that new ones need not wait for old ones.
      order: 'live-first',
      counted: (count) => context.word('status.written', { count }),
      resend: (payload) => writer.writeLines(linesOf(payload)),
      describe: (payload) => ({ payload: linesOf(payload).join('\n') }),
    });
    writer.on('state', sink.changed);
    writer.start();
    const usual = mappingOf(options);
    return {
      input: (message, flow) => {
        const mapping = mappingFor(usual, message);
        return writeItems(message, flow, (item) => write(message, item, mapping));
      },
      close: (removed) => sink.close((drainMs) => writer.close(drainMs), removed),
    };

    async function write(message: FlowMessage, item: unknown, mapping: PointMapping): Promise<Taken<void>> {
      const lines = writer.encode(pointsOfItem(item, mapping, Date.now()));
      return sink.take(
        message,
        () => Buffer.from(JSON.stringify(lines)),
        () => writer.writeLines(lines),
      );
    }
  });
}

/** A reading waits on disk as its lines, in JSON, as a line may hold line ends. */
const linesOf = (payload: Buffer): string[] => JSON.parse(payload.toString('utf8')) as string[];
