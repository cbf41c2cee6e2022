import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { createFramer, type FrameFormatOptions } from '../../../lib/serial/frame-format';
import type { FrameResult } from '../../../lib/serial/framer';
import { encodePicoLine } from '../../../lib/serial/pico-format';

const T = 'Ambient Temperature';
const H = 'Ambient Humidity';

/** What a framer makes of bytes cut at the given places. */
function read(options: FrameFormatOptions, bytes: Buffer, cuts: readonly number[] = []): FrameResult[] {
  const framer = createFramer(options);
  const results: FrameResult[] = [];
  let start = 0;
  for (const cut of [...cuts, bytes.length]) {
    results.push(...framer.push(bytes.subarray(start, cut)));
    start = cut;
  }
  return [...results, ...framer.end()];
}
const values = (results: readonly FrameResult[]): unknown[] =>
  results.flatMap((result) => (result.kind === 'reading' ? [result.values] : []));
const codes = (results: readonly FrameResult[]): string[] =>
  results.flatMap((result) => (result.kind === 'rejected' ? [result.error.code] : []));

const samples: readonly { options: FrameFormatOptions; text: string; expected: unknown[] }[] = [
  {
    options: { format: 'pico' },
    text: '22.5  45.1\r\n-3.0  99.9\r\n\r\n 9.0  45.0\n23.0  100.0\r-11.5   8.0\r\n',
    expected: [
      { [T]: 22.5, [H]: 45.1 },
      { [T]: -3, [H]: 99.9 },
      { [T]: 9, [H]: 45 },
      { [T]: 23, [H]: 100 },
      { [T]: -11.5, [H]: 8 },
    ],
  },
  {
    options: { format: 'json' },
    text: '{"Ambient Temperature": 23.0, "note": "a {b} \\n ü"}\n{"x":1}\r\n',
    expected: [{ [T]: 23, note: 'a {b} \n ü' }, { x: 1 }],
  },
  {
    options: { format: 'csv', columns: [T, '', H], separator: ';' },
    text: `${T};;${H}\n22.5;7;45.1\n;8;46\n`,
    expected: [{ [T]: 22.5, [H]: 45.1 }, { [H]: 46 }],
  },
  {
    options: { format: 'csv' },
    text: 'a,__proto__\n1,2\n-3e2,.5\n',
    expected: [
      { a: 1, ['__proto__']: 2 },
      { a: -300, ['__proto__']: 0.5 },
    ],
  },
];

for (const { options, text, expected } of samples) {
  describe(`lines in ${options.format}${options.columns ? ' with given columns' : ''}`, () => {
    const bytes = Buffer.from(text);

    it('give the same readings wherever the bytes are cut', () => {
      assert.deepEqual(values(read(options, bytes)), expected);
      for (let one = 0; one <= bytes.length; one++) {
        for (let two = one; two <= bytes.length; two += 3) {
          const results = read(options, bytes, [one, two]);
          assert.deepEqual([values(results), codes(results)], [expected, []], `cut at ${one} and ${two}`);
        }
      }
    });

    it('skip the rest of a line that began before we listened', () => {
      const results = read(options, Buffer.concat([Buffer.from('9.9.9#}\n'), bytes]));
      assert.deepEqual([values(results), codes(results)], [expected, []]);
    });
  });
}

it('a line that cannot be read costs itself alone', () => {
  const results = read(
    { format: 'pico' },
    Buffer.from('22.5  45.1\r\n1e999 3\r\n22.5\r\n500.0  20.0\r\n22.6  45.2\r\n'),
  );
  assert.deepEqual(values(results), [
    { [T]: 22.5, [H]: 45.1 },
    { [T]: 22.6, [H]: 45.2 },
  ]);
  assert.deepEqual(codes(results), ['SERIAL_LINE_UNREADABLE', 'SERIAL_LINE_UNREADABLE', 'SERIAL_OUT_OF_RANGE']);
});

it('text is never taken as code or as anything but decimal digits', () => {
  for (const text of ['__import__("os") 1', '0x10 1', 'Infinity 1', 'NaN 1', '1_0 1', '1,5 20']) {
    assert.deepEqual(
      values(read({ format: 'pico' }, Buffer.from(`11.0  11.0\n${text}\n`))),
      [{ [T]: 11, [H]: 11 }],
      text,
    );
  }
});

it('a line without an end is bounded, given up and counted, and the next is read', () => {
  const framer = createFramer({ format: 'json' });
  const noise = Buffer.alloc(1000, 0x41);
  for (let index = 0; index < 1000; index++) {
    assert.deepEqual(framer.push(noise), []);
    assert.ok(framer.pendingBytes <= 64 * 1024);
  }
  const results = framer.push(Buffer.from('\n{"a":1}\n'));
  assert.deepEqual([codes(results), values(results)], [['SERIAL_LINE_TOO_LONG'], [{ a: 1 }]]);
  assert.equal(framer.skippedBytes, 1_000_000);
});

it('a line that the stream ends within is told of, not taken', () => {
  const results = read({ format: 'pico' }, Buffer.from('22.5  45.1\r\n22.6  4'));
  assert.deepEqual([values(results).length, codes(results)], [1, ['SERIAL_LINE_CUT_SHORT']]);
});

it('a datagram gives temperature and humidity before its first colon', () => {
  const framer = createFramer({ format: 'udp' });
  assert.deepEqual(values(framer.push(Buffer.from('22.51 45.10:more:of it'))), [{ [T]: 22.51, [H]: 45.1 }]);
  assert.deepEqual(codes(framer.push(Buffer.from('22.51 45.10'))), ['SERIAL_DATAGRAM_UNREADABLE']);
  assert.deepEqual(codes(framer.push(Buffer.from('a b:'))), ['SERIAL_NOT_A_NUMBER']);
  assert.deepEqual(framer.push(Buffer.alloc(0)), []);
});

it('what the Pico encoder writes is what its format reads', () => {
  assert.deepEqual(values(read({ format: 'pico' }, encodePicoLine(-12.3, 100))), [{ [T]: -12.3, [H]: 100 }]);
});

it('a Pico line that lost any of its bytes is never another reading', () => {
  const lines = [encodePicoLine(22.5, 45.1), encodePicoLine(21.9, 50.7), encodePicoLine(20.3, 60.2)];
  const sent = lines.map((line) => JSON.stringify(values(read({ format: 'pico' }, line))[0]));
  for (let at = 0; at < 12; at++) {
    for (let lost = 1; at + lost <= 12; lost++) {
      const damaged = Buffer.concat([lines[1]!.subarray(0, at), lines[1]!.subarray(at + lost)]);
      const found = values(read({ format: 'pico' }, Buffer.concat([lines[0]!, damaged, lines[2]!])));
      for (const reading of found) assert.ok(sent.includes(JSON.stringify(reading)), `${lost} lost at ${at}`);
      assert.ok(found.length >= 1);
    }
  }
});

it('the rest of a CSV line that began before the port was opened is not taken for a line', () => {
  const options: FrameFormatOptions = { format: 'csv', columns: ['a', 'b'], startsWithinFrame: true };
  const framer = createFramer(options);
  const results = framer.push(Buffer.from('2.5,7\n22.6,8\n'));
  assert.deepEqual([values(results), codes(results)], [[{ a: 22.6, b: 8 }], []]);
  framer.reset();
  assert.deepEqual(values(framer.push(Buffer.from('2.7,9\n22.8,1\n'))), [{ a: 22.8, b: 1 }]);
});

it('a line that is not UTF-8 is rejected, never repaired', () => {
  const bytes = Buffer.concat([
    Buffer.from('{"a":1}\n{"b":"'),
    Buffer.from([0xc3, 0x28]),
    Buffer.from('"}\n{"c":2}\n'),
  ]);
  const results = read({ format: 'json' }, bytes);
  assert.deepEqual([values(results), codes(results)], [[{ a: 1 }, { c: 2 }], ['READING_NOT_UTF8']]);
});
