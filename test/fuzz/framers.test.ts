import assert from 'node:assert/strict';
import { describe } from 'node:test';
import { AMBIENT_HUMIDITY, AMBIENT_TEMPERATURE } from '../../lib/reading/keys';
import { TwinError } from '../../lib/reading/twin-error';
import { createFramer, frameFormats, type FrameFormat } from '../../lib/serial/frame-format';
import type { FrameResult, Framer } from '../../lib/serial/framer';
import { knownFrames, readingsOf, sensorValues, unusedBytes } from '../lib/serial/nucleo-frames';
import { goodLine, type LineFormatName } from './good-lines';
import { fuzz } from './fuzz';
import { between, bytesOf, cut, mutate, pick } from './material';

/** Bytes that a format is made of. */
const ALPHABETS: Readonly<Record<FrameFormat, Buffer>> = {
  nucleo: Buffer.from('\0\0\0\0\0\0\u0008\u0013', 'latin1'),
  pico: Buffer.from('0123456789.- \r\n'),
  udp: Buffer.from('0123456789.- :'),
  json: Buffer.from('{}[]",:\\ 0123456789.eE+-truefalsnNI\n'),
  csv: Buffer.from('0123456789.-,;"\r\n'),
};
const MAX_PENDING: Readonly<Record<FrameFormat, number>> = {
  ...{ nucleo: 256, udp: 0, pico: 65_536, json: 65_536, csv: 65_536 },
};
const LINE_FORMATS: readonly LineFormatName[] = ['pico', 'json', 'csv'];
const COLUMNS = [AMBIENT_TEMPERATURE, AMBIENT_HUMIDITY];

const framerOf = (format: FrameFormat): Framer => createFramer({ format, columns: COLUMNS });

/** A frame of the format, whole, damaged or not one at all. */
function piece(random: () => number, format: FrameFormat): Buffer {
  const alphabet = ALPHABETS[format];
  const kind = random();
  if (kind < 0.4) return bytesOf(random, alphabet, between(random, 0, 60));
  const frame = goodFrame(random, format);
  return kind < 0.7 ? frame : mutate(random, frame, alphabet);
}

function goodFrame(random: () => number, format: FrameFormat): Buffer {
  if (format === 'udp') return Buffer.from(`${(random() * 100).toFixed(2)} ${(random() * 100).toFixed(2)}:x`);
  if (format !== 'nucleo') return goodLine(random, format).bytes;
  const unused = pick(random, Object.values(unusedBytes));
  return knownFrames(1, random, unused, pick(random, Object.values(sensorValues)))[0]!.bytes;
}

function check(results: readonly FrameResult[], framer: Framer, format: FrameFormat, pushed: number): void {
  assert.ok(framer.pendingBytes <= MAX_PENDING[format], `${framer.pendingBytes} bytes are held`);
  assert.ok(framer.skippedBytes <= pushed, `${framer.skippedBytes} of ${pushed} bytes are skipped`);
  for (const result of results) {
    if (result.kind === 'rejected') {
      assert.ok(result.error instanceof TwinError && /^(SERIAL|READING)_/.test(result.error.code), result.error.code);
      assert.ok(result.bytes.length <= 256 && Number(result.error.facts['bytes']) >= result.bytes.length);
    } else {
      for (const [key, value] of Object.entries(result.values)) {
        if (typeof value === 'number') assert.ok(Number.isFinite(value), `${key} is ${value}`);
      }
    }
  }
}

describe('a framer', () => {
  fuzz(
    'streams of every format',
    'gives the same readings however the bytes are cut, and throws nothing',
    (random, n) => {
      const format = pick(random, frameFormats);
      const pieces = Array.from({ length: between(random, 1, 8) }, () => piece(random, format));
      const bytes = Buffer.concat(pieces);
      // A datagram is a frame of its own: its bounds are part of what it says.
      const chunks = format === 'udp' ? pieces : cut(random, bytes);
      const [whole, inPieces] = [framerOf(format), framerOf(format)];
      const at = format === 'udp' ? pieces.flatMap((each) => whole.push(each)) : whole.push(bytes);
      const once = [...at, ...whole.end()];
      const often = [...chunks.flatMap((chunk) => inPieces.push(chunk)), ...inPieces.end()];
      check(once, whole, format, bytes.length);
      check(often, inPieces, format, bytes.length);
      assert.deepEqual(readingsOf(often), readingsOf(once), `${format}, input ${n}: ${bytes.toString('hex')}`);
      assert.equal(inPieces.skippedBytes, whole.skippedBytes);
      assert.deepEqual([whole.pendingBytes, inPieces.pendingBytes], [0, 0], 'nothing is held once the stream is over');
    },
  );

  const endless = frameFormats.map((format) => ({ format, framer: framerOf(format), pushed: 0 }));
  fuzz('one endless line of every format', 'takes anything, with silences, ends and resets anywhere', (random, n) => {
    const line = endless[n % endless.length]!;
    const bytes = piece(random, line.format);
    line.pushed += bytes.length;
    const results = line.framer.push(bytes);
    const kind = random();
    if (kind < 0.05) results.push(...line.framer.quiet());
    else if (kind < 0.06) results.push(...line.framer.end());
    else if (kind < 0.065) line.framer.reset();
    check(results, line.framer, line.format, line.pushed);
  });

  fuzz('good lines among rubbish', 'reads every good line, whatever stands on the lines around it', (random) => {
    const format = pick(random, LINE_FORMATS);
    const framer = framerOf(format);
    const expected: string[] = [];
    const parts: Buffer[] = [];
    for (let left = between(random, 1, 6); left > 0; left--) {
      const rubbish = random() < 0.02 ? Buffer.alloc(70_000, 0x2e) : piece(random, format);
      if (random() < 0.7) parts.push(rubbish, Buffer.from(pick(random, ['\n', '\r', '\r\n'])));
      const { bytes, values } = goodLine(random, format);
      parts.push(bytes);
      expected.push(JSON.stringify(values));
    }
    const bytes = Buffer.concat(parts);
    const chunks = bytes.length > 10_000 ? [bytes] : cut(random, bytes);
    const read = readingsOf(chunks.flatMap((chunk) => framer.push(chunk))).map((values) => JSON.stringify(values));
    let found = 0;
    for (const reading of read) if (reading === expected[found]) found++;
    assert.equal(found, expected.length, `${format}: ${bytes.subarray(0, 2_000).toString('latin1')}`);
  });

  const udp = framerOf('udp');
  fuzz('datagrams', 'reads a good datagram after any other', (random) => {
    check(udp.push(piece(random, 'udp')), udp, 'udp', Infinity);
    const [temperature, humidity] = [random() * 165 - 40, random() * 100].map((value) => value.toFixed(2));
    const text = `${temperature} ${humidity}:${bytesOf(random, ALPHABETS.udp, between(random, 0, 9)).toString('latin1')}`;
    const expected = { [AMBIENT_TEMPERATURE]: Number(temperature), [AMBIENT_HUMIDITY]: Number(humidity) };
    assert.deepEqual(udp.push(Buffer.from(text, 'latin1')), [{ kind: 'reading', values: expected }]);
  });

  fuzz('Nucleo frames among noise', 'reads every whole frame among noise that could begin none', (random) => {
    const framer = framerOf('nucleo');
    const unused = pick(random, Object.values(unusedBytes));
    const frames = knownFrames(between(random, 3, 12), random, unused, sensorValues['slowly moving values']!);
    const results: FrameResult[] = [];
    const sent: string[] = [];
    for (const { bytes } of frames) {
      // Without a zero: noise that ends with one may be the first byte of a header, and moves the frame behind it.
      const noise = Buffer.from(
        Array.from({ length: random() < 0.5 ? between(random, 1, 40) : 0 }, () => between(random, 1, 255)),
      );
      sent.push(noise.toString('hex'), bytes.toString('hex'));
      for (const chunk of cut(random, Buffer.concat([noise, bytes]))) results.push(...framer.push(chunk));
    }
    results.push(...framer.end());
    assert.deepEqual(
      readingsOf(results),
      frames.map(({ values }) => values),
      sent.join(' '),
    );
  });
});
