import { messageOf } from '../../reading/twin-error';
import { decodeBatch } from './decode-batch';
import { decodeMessage } from './decode-message';
import { BATCH_AT, type DecodedRecord, LENGTH_END, MAGIC } from './record-batch';
import { standInFor } from './unreadable-batch';

/**
 * The records of one partition, in the form of kafkajs. What cannot be decoded (damaged bytes, a codec or a format that
 * nobody knows yet, more than the memory should hold) costs that batch, where kafkajs drops the whole response, without
 * a word of topic or partition, and fetches it again for ever. Keys and values are views of `bytes`.
 *
 * @throws RangeError when not even the first batch can be told from what follows
 */
export async function decodeRecords(bytes: Buffer): Promise<readonly DecodedRecord[]> {
  const records: DecodedRecord[] = [];
  for (let rest = bytes; rest.length > BATCH_AT.magic;) {
    const size = LENGTH_END + rest.readInt32BE(BATCH_AT.length);
    // The broker cuts the last batch where the requested size ends.
    if (size > rest.length) break;
    if (size <= BATCH_AT.magic) {
      // Nobody knows where the next one begins. What came before it is good, the rest is asked for again.
      if (records.length === 0) throw new RangeError(`the broker sent a batch of ${size} bytes`);
      break;
    }
    const batch = rest.subarray(0, size);
    rest = rest.subarray(size);
    try {
      for (const record of await decodeOne(batch)) records.push(record);
    } catch (thrown) {
      const next = rest.length > BATCH_AT.magic ? rest.readBigInt64BE(0) : undefined;
      records.push(standInFor(batch, messageOf(thrown), next));
    }
  }
  return records;
}

function decodeOne(batch: Buffer): Promise<readonly DecodedRecord[]> {
  const magic = batch[BATCH_AT.magic] ?? 0;
  if (magic > MAGIC) throw new RangeError(`records of format ${magic} are not known`);
  return magic === MAGIC ? decodeBatch(batch) : decodeMessage(batch);
}
