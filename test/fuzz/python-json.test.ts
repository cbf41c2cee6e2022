import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { describe } from 'node:test';
import type { Reading } from '../../lib/reading/reading';
import { encodeReading } from '../../lib/reading/reading-codec';
import { randomReading } from '../lib/reading/random-reading';
import { fuzz } from './fuzz';

/** Reads each line and writes it again, as the scripts at the other end of the wire do. */
const ECHO = `import json, sys
for line in sys.stdin.buffer: sys.stdout.buffer.write((json.dumps(json.loads(line), ensure_ascii=False) + "\\n").encode())`;
const READINGS_PER_RUN = 2_000;
const hasPython = spawnSync('python3', ['--version']).status === 0;

/** Python and JavaScript write the same digits, but go over to an exponent at different sizes. */
function hasCommonForm(value: unknown): boolean {
  if (typeof value === 'object' && value !== null) return Object.values(value).every(hasCommonForm);
  return typeof value !== 'number' || value === 0 || (Math.abs(value) >= 1e-4 && Math.abs(value) < 1e16);
}

describe('the JSON of readings', () => {
  // Without Python there is nothing to compare with, and a machine that runs the pack need not have it.
  if (!hasPython) return;
  fuzz('readings as Python writes them', 'is, byte for byte, what json.dumps makes of it', (random) => {
    const lines: string[] = [];
    while (lines.length < READINGS_PER_RUN) {
      const reading: Reading = randomReading(random);
      if (hasCommonForm(reading)) lines.push(encodeReading(reading));
    }
    const { stdout, stderr } = spawnSync('python3', ['-c', ECHO], {
      input: `${lines.join('\n')}\n`,
      encoding: 'utf8',
      maxBuffer: 2 ** 28,
    });
    assert.equal(stderr, '');
    const echoed = stdout.split('\n');
    lines.forEach((line, index) => assert.equal(echoed[index], line));
  });
});
