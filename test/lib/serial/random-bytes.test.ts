import assert from 'node:assert/strict';
import { it } from 'node:test';
import { AMBIENT_HUMIDITY, AMBIENT_TEMPERATURE } from '../../../lib/reading/keys';
import { createFramer, frameFormats, type FrameFormat } from '../../../lib/serial/frame-format';
import type { FrameResult } from '../../../lib/serial/framer';
import { TwinError } from '../../../lib/reading/twin-error';
import { seededRandom } from '../../support/seeded-random';

const INPUTS = 100_000;
const seed = Number(process.env['FUZZ_SEED'] ?? Date.now() % 2 ** 32);

/** Bytes that a format is made of, so that random input gets past its first check. */
const alphabets: Readonly<Record<FrameFormat, string>> = {
  nucleo: '\0\0\0\0\0\0\u0008\u0013',
  pico: '0123456789.- \r\n',
  udp: '0123456789.- :',
  json: '{}[]",:\\ 0123456789.eE+-truefalsnNI\n',
  csv: '0123456789.-,;"\r\n',
};

for (const format of frameFormats) {
  it(`${INPUTS} random inputs in ${format} throw nothing, and account for every rejected byte (seed ${seed})`, () => {
    const random = seededRandom(seed);
    const alphabet = Buffer.from(alphabets[format], 'latin1');
    const framer = createFramer({ format, columns: [AMBIENT_TEMPERATURE, AMBIENT_HUMIDITY] });
    let pushed = 0;
    for (let input = 0; input < INPUTS; input++) {
      const bytes = Buffer.alloc(Math.floor(random() * 40));
      for (let i = 0; i < bytes.length; i++) {
        bytes[i] = random() < 0.9 ? alphabet[Math.floor(random() * alphabet.length)]! : Math.floor(random() * 256);
      }
      const kind = random();
      const results = framer.push(bytes);
      if (kind < 0.05) results.push(...framer.quiet());
      else if (kind < 0.06) results.push(...framer.end());
      else if (kind < 0.065) framer.reset();
      pushed += bytes.length;
      for (const result of results) check(result);
      assert.ok(framer.skippedBytes <= pushed);
      assert.ok(framer.pendingBytes <= 64 * 1024);
    }
  });
}

function check(result: FrameResult): void {
  if (result.kind === 'rejected') {
    assert.ok(result.error instanceof TwinError && /^(SERIAL|READING)_/.test(result.error.code));
    assert.ok(result.bytes.length <= 256 && Number(result.error.facts['bytes']) >= result.bytes.length);
    return;
  }
  for (const [key, value] of Object.entries(result.values)) {
    if (typeof value === 'number') assert.ok(Number.isFinite(value), `${key} is ${value}`);
  }
}
