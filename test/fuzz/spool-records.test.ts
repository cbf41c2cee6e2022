import assert from 'node:assert/strict';
import { describe } from 'node:test';
import { decodeEnvelope, encodeEnvelope } from '../../lib/delivery/spool-envelope';
import { decodeRecords, encodeRecords, RECORD_HEADER_BYTES, type SpoolRecord } from '../../lib/delivery/spool-record';
import { assertKnownVersion, encodeSegmentHeader } from '../../lib/delivery/spool-segment-header';
import { attempt, fuzz } from './fuzz';
import { between, bytesOf, mutate, nastyText } from './material';

const ALPHABET = Buffer.from('f5c1fe9a00000010f5c1fe9a', 'hex');

/** Decodes a file piece by piece, as a reader with little memory does. */
function decode(random: () => number, file: Buffer, firstSequence: number): SpoolRecord[] {
  const records: SpoolRecord[] = [];
  for (let at = 0, wanted = 0; at < file.length;) {
    const bytes = file.subarray(at, at + Math.max(wanted, between(random, 1, 200)));
    const decoded = decodeRecords(bytes, { firstSequence, offset: at }, file.length);
    assert.ok(decoded.consumed > 0 || decoded.needed > bytes.length, 'it goes on, or says how much it needs');
    assert.ok(decoded.needed <= file.length - at - decoded.consumed || decoded.needed === RECORD_HEADER_BYTES);
    records.push(...decoded.records);
    at += decoded.consumed;
    wanted = decoded.needed;
  }
  return records;
}

const keyOf = ({ sequence, timeMs, payload }: SpoolRecord): string =>
  `${sequence} ${timeMs} ${payload.toString('hex')}`;

describe('the log of a spool', () => {
  fuzz('spool records', 'gives back what was encoded; of a damaged log only sound records, in order', (random) => {
    const sequence = between(random, 1, 2 ** 40);
    const payloads = Array.from({ length: between(random, 1, 6) }, () =>
      bytesOf(random, ALPHABET, between(random, 0, 80)),
    );
    const { bytes, ends } = encodeRecords(payloads, sequence, 1_700_000_000_000, {
      firstSequence: sequence,
      offset: 0,
    });
    const sent = payloads.map((payload, index) =>
      keyOf({ sequence: sequence + index, timeMs: 1_700_000_000_000, payload }),
    );
    assert.deepEqual(decode(random, bytes, sequence).map(keyOf), sent);

    // Changed where it is, nothing moves: exactly the records that were hit are gone.
    const changed = Buffer.from(bytes);
    const from = Math.floor(random() * bytes.length);
    const to = Math.min(bytes.length, from + between(random, 1, 8));
    for (let at = from; at < to; at++) changed[at]! ^= between(random, 1, 255);
    const hit = ends.map((end, index) => from < end && to > (ends[index - 1] ?? 0));
    assert.deepEqual(
      decode(random, changed, sequence).map(keyOf),
      sent.filter((_, index) => !hit[index]),
    );

    // Bytes lost or added move the rest, which its seal then refuses: never a record that was not written.
    const found = decode(random, mutate(random, bytes, ALPHABET), sequence).map(keyOf);
    let next = 0;
    for (const key of found) {
      next = sent.indexOf(key, next) + 1;
      assert.ok(next > 0, 'a record that was not written, or out of order');
    }
    const envelope = { head: { topic: nastyText(random), retain: random() < 0.5 }, body: payloads[0]! };
    const encoded = encodeEnvelope(envelope);
    assert.deepEqual(decodeEnvelope(encoded), envelope);
    attempt(() => decodeEnvelope(mutate(random, encoded, ALPHABET)));
    attempt(() => assertKnownVersion(mutate(random, encodeSegmentHeader(sequence), ALPHABET), 'segment'));
  });
});
