import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { FrameResult } from '../../../lib/serial/framer';
import { NUCLEO_FRAME_BYTES, decodeNucleoFrame, encodeNucleoFrame } from '../../../lib/serial/nucleo-frame';
import { NucleoFramer } from '../../../lib/serial/nucleo-framer';
import { seededRandom } from '../../support/seeded-random';
import { compareReadings, knownFrames, pushCut, readingsOf, sensorValues, unusedBytes } from './nucleo-frames';

const REFERENCE = Buffer.from('00000000000000000000' + '08cb119e0897139207d515b3', 'hex');
const REFERENCE_VALUES = {
  ...{ 'Ambient Temperature': 22.51, 'Ambient Humidity': 45.1, 'Wall1 Temperature': 21.99 },
  ...{ 'Wall1 Humidity': 50.1, 'Wall2 Temperature': 20.05, 'Wall2 Humidity': 55.55 },
};
const slow = sensorValues['slowly moving values']!;
const { zeros, constant, random: randomBytes } = unusedBytes as Required<typeof unusedBytes>;
const codes = (results: readonly FrameResult[]): string[] =>
  results.flatMap((result) => (result.kind === 'rejected' ? [result.error.code] : []));

describe('a Nucleo frame', () => {
  it('has six unsigned big-endian hundredths behind ten bytes', () => {
    assert.deepEqual(decodeNucleoFrame(REFERENCE), REFERENCE_VALUES);
    assert.deepEqual(encodeNucleoFrame(REFERENCE_VALUES), REFERENCE);
  });

  it('carries every value from 0 to 655.35 unchanged', () => {
    for (let raw = 0; raw <= 0xffff; raw += 13) {
      const values = { ...REFERENCE_VALUES, 'Wall1 Humidity': raw / 100 };
      assert.deepEqual(decodeNucleoFrame(encodeNucleoFrame(values)), values);
    }
    assert.throws(() => encodeNucleoFrame({ ...REFERENCE_VALUES, 'Wall1 Humidity': -0.01 }), {
      code: 'SERIAL_NOT_ENCODABLE',
    });
    assert.throws(() => encodeNucleoFrame({}), /"Ambient Temperature"/);
  });
});

describe('frames that come whole', () => {
  it('are given out with their last byte, without waiting for the next frame', () => {
    for (const unused of [constant!, randomBytes!, zeros!]) {
      const framer = new NucleoFramer();
      const frames = knownFrames(200, seededRandom(4), unused, slow);
      let late = 0;
      for (const { bytes, values } of frames) {
        assert.deepEqual(framer.push(bytes.subarray(0, 21)), []);
        const now = readingsOf(framer.push(bytes.subarray(21)));
        if (now.length === 0) late++;
        assert.deepEqual([...now, ...readingsOf(framer.quiet())], [values]);
      }
      // A frame that ends with a zero, or one of the first three with zeros for unused bytes, waits for silence.
      assert.ok(late <= 8, `${late} of 200 were late`);
    }
  });

  for (const [bytesName, unused] of Object.entries(unusedBytes)) {
    it(`are each found once in 10,000, cut at random, with ${bytesName} in the unused bytes`, () => {
      for (const [valuesName, values] of Object.entries(sensorValues)) {
        const random = seededRandom(11);
        const frames = knownFrames(10_000, random, unused, values);
        const framer = new NucleoFramer();
        const results = pushCut(framer, Buffer.concat(frames.map(({ bytes }) => bytes)), random, 100);
        results.push(...framer.end());
        assert.deepEqual(codes(results), [], valuesName);
        assert.deepEqual(
          readingsOf(results),
          frames.map((frame) => frame.values),
          valuesName,
        );
      }
    });
  }

  it('are each found once when the line falls silent anywhere', () => {
    for (const [name, values] of Object.entries(sensorValues)) {
      const random = seededRandom(12);
      const frames = knownFrames(1_000, random, zeros!, values);
      const framer = new NucleoFramer();
      const bytes = Buffer.concat(frames.map((frame) => frame.bytes));
      const results: FrameResult[] = [];
      for (let at = 0; at < bytes.length;) {
        const to = at + 1 + Math.floor(random() * 9);
        results.push(...framer.push(bytes.subarray(at, to)), ...framer.quiet());
        at = to;
      }
      results.push(...framer.end());
      assert.deepEqual(
        readingsOf(results),
        frames.map((frame) => frame.values),
        name,
      );
    }
  });
});

describe('a frame out of range', () => {
  it('is rejected alone, by the name of its value', () => {
    const framer = new NucleoFramer();
    const hot = encodeNucleoFrame({ ...REFERENCE_VALUES, 'Wall1 Temperature': 600 });
    const results = [REFERENCE, REFERENCE, hot, REFERENCE].flatMap((frame) => [
      ...framer.push(frame),
      ...framer.quiet(),
    ]);
    assert.deepEqual(
      results.map(({ kind }) => kind),
      ['reading', 'reading', 'rejected', 'reading'],
    );
    const [rejected] = results.flatMap((result) => (result.kind === 'rejected' ? [result] : []));
    assert.match(rejected!.error.message, /Wall1 Temperature 600 is outside of -40 to 125/);
    assert.deepEqual(rejected!.bytes, hot);
  });

  it('does not move the row when a sensor is out of range for ever', () => {
    for (const gap of [false, true]) {
      const framer = new NucleoFramer();
      const frames = Array.from({ length: 20 }, (_, n) =>
        encodeNucleoFrame({ ...REFERENCE_VALUES, 'Ambient Temperature': 655.35, 'Wall2 Humidity': 50 + n / 10 }),
      );
      const results = frames.flatMap((frame) => [...framer.push(frame), ...(gap ? framer.quiet() : [])]);
      results.push(...framer.end());
      assert.deepEqual(new Set(codes(results)), new Set(['SERIAL_OUT_OF_RANGE']));
      assert.deepEqual(readingsOf(results), []);
    }
  });
});

describe('bytes that are no frame', () => {
  it('are counted and told of in one piece, with at most 256 of them shown', () => {
    const framer = new NucleoFramer();
    const noise = Buffer.alloc(5_000, 0x5a);
    const results = [...framer.push(Buffer.concat([noise, REFERENCE, REFERENCE])), ...framer.end()];
    assert.deepEqual(readingsOf(results), [REFERENCE_VALUES, REFERENCE_VALUES]);
    const [rejected] = results.flatMap((result) => (result.kind === 'rejected' ? [result] : []));
    assert.deepEqual([rejected?.error.code, rejected?.error.facts['bytes']], ['SERIAL_NOISE', 5_000]);
    assert.deepEqual(rejected?.bytes, noise.subarray(0, 256));
    assert.equal(framer.skippedBytes, 5_000);
  });

  it('and frames and bytes not yet decided are together all bytes that came, for any bytes', () => {
    const random = seededRandom(77);
    for (let round = 0; round < 300; round++) {
      const framer = new NucleoFramer();
      const zeroShare = random();
      const bytes = Buffer.from(
        Array.from({ length: 400 }, () => (random() < zeroShare ? 0 : Math.floor(random() * 256))),
      );
      const results = pushCut(framer, bytes, random, 50);
      const accounted = (): number =>
        readingsOf(results).length * NUCLEO_FRAME_BYTES + framer.skippedBytes + framer.pendingBytes;
      assert.equal(accounted(), bytes.length);
      assert.ok(framer.pendingBytes <= 70);
      results.push(...framer.quiet(), ...framer.end());
      assert.equal(framer.pendingBytes, 0);
      assert.equal(accounted(), bytes.length);
      const told = results.flatMap((result) => (result.kind === 'rejected' ? [result.error.facts['bytes']] : []));
      assert.equal(
        told.reduce<number>((sum, count) => sum + Number(count), 0),
        framer.skippedBytes,
      );
    }
  });

  it('of before a reset are forgotten: half a frame, then a board that was plugged in again', () => {
    const framer = new NucleoFramer();
    framer.push(REFERENCE.subarray(0, 13));
    assert.deepEqual(codes(framer.end()), ['SERIAL_FRAME_CUT_SHORT']);
    framer.reset();
    assert.deepEqual(framer.push(Buffer.concat([REFERENCE, REFERENCE])).concat(framer.end()).length, 2);
  });
});

it('the same damaged bytes give the same readings however they are cut', () => {
  const random = seededRandom(31);
  for (let round = 0; round < 60; round++) {
    const unused = Object.values(unusedBytes)[round % 4]!;
    const values = Object.values(sensorValues)[round % 6]!;
    const frames = knownFrames(60, random, unused, values).map(({ bytes }) => {
      const kind = random();
      if (kind < 0.1) return bytes.subarray(0, Math.floor(random() * 22));
      if (kind < 0.2) return Buffer.concat([Buffer.from([Math.floor(random() * 256), 0]), bytes]);
      return bytes;
    });
    const bytes = Buffer.concat(frames);
    const readings = [1, 2, 7, 22, 23, 64, bytes.length].map((step) => {
      const framer = new NucleoFramer();
      const results: FrameResult[] = [];
      for (let at = 0; at < bytes.length; at += step) results.push(...framer.push(bytes.subarray(at, at + step)));
      return readingsOf([...results, ...framer.end()]);
    });
    for (const other of readings) assert.deepEqual(other, readings[0]);
  }
});

describe('a frame that lost bytes, wherever and however many', () => {
  for (const [bytesName, unused] of Object.entries(unusedBytes)) {
    for (const gap of [true, false]) {
      it(`is never misread and costs no other, with ${bytesName} unused${gap ? ', one frame at a time' : ''}`, () => {
        const random = seededRandom(5);
        for (let at = 0; at < NUCLEO_FRAME_BYTES; at++) {
          for (let lost = 1; at + lost <= NUCLEO_FRAME_BYTES; lost++) {
            const frames = knownFrames(16, random, unused, slow);
            const framer = new NucleoFramer();
            const results = frames.flatMap(({ bytes }, n) => {
              const sent = n === 8 ? Buffer.concat([bytes.subarray(0, at), bytes.subarray(at + lost)]) : bytes;
              return [...framer.push(sent), ...(gap ? framer.quiet() : [])];
            });
            results.push(...framer.end());
            const whole = frames.filter((_, n) => n !== 8);
            assert.deepEqual(
              compareReadings(readingsOf(results), whole),
              { found: 15, wrong: [] },
              `${lost} lost at ${at}`,
            );
          }
        }
      });
    }
  }
});
