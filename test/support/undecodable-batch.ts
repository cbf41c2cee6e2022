import { CompressionCodecs, CompressionTypes, Kafka, logLevel, Partitioners } from 'kafkajs';
import { compress } from 'lz4js';
import { MAX_DECOMPRESSED_BYTES } from '../../lib/kafka/codecs/decompress';
import { registerCodecs } from '../../lib/kafka/codecs/register-codecs';

/** Writes one batch of a few hundred kilobytes that grows, when it is decompressed, beyond what is allowed. */
export async function produceUndecodable(brokers: readonly string[], topic: string, records: number): Promise<void> {
  registerCodecs();
  const codecs = CompressionCodecs as Record<string, () => unknown>;
  const reading = codecs[CompressionTypes.LZ4];
  codecs[CompressionTypes.LZ4] = () => ({
    compress: ({ buffer }: { buffer: Buffer }) => Promise.resolve(lz4Frame(buffer)),
  });
  const client = new Kafka({ brokers: [...brokers], logLevel: logLevel.NOTHING });
  const producer = client.producer({ createPartitioner: Partitioners.DefaultPartitioner });
  try {
    await producer.connect();
    const value = Buffer.alloc(Math.ceil((MAX_DECOMPRESSED_BYTES * 1.1) / records));
    const messages = Array.from({ length: records }, () => ({ value }));
    await producer.send({ topic, messages, compression: CompressionTypes.LZ4 });
  } finally {
    if (reading) codecs[CompressionTypes.LZ4] = reading;
    await producer.disconnect();
  }
}

const BLOCK_BYTES = 4 * 2 ** 20;
/** Magic number, version 1 with independent blocks, blocks of 4 MiB, checksum of these two bytes. */
const FRAME_HEADER = Buffer.from([0x04, 0x22, 0x4d, 0x18, 0x60, 0x70, 0x73]);

/** An LZ4 frame of independent blocks, as brokers want it; lz4js makes blocks that refer to the one before. */
function lz4Frame(bytes: Buffer): Buffer {
  const blocks: Uint8Array[] = [];
  for (let at = 0; at < bytes.length; at += BLOCK_BYTES) {
    const frame = compress(bytes.subarray(at, at + BLOCK_BYTES));
    blocks.push(frame.subarray(FRAME_HEADER.length, -4));
  }
  return Buffer.concat([FRAME_HEADER, ...blocks, Buffer.alloc(4)]);
}
