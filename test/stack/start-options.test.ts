import assert from 'node:assert/strict';
import { test } from 'node:test';
import { startOptions } from '../../stack/start-options';

test('without options npm start shows its counts; --check takes 200 readings within 300 s', () => {
  assert.deepEqual(startOptions([]), {
    check: false,
    fresh: false,
    help: false,
    data: undefined,
    readings: 200,
    limitS: 300,
  });
  assert.deepEqual(startOptions(['--check', '--fresh', '--readings', '50', '--limit', '20', '--data', 'x']), {
    ...{ check: true, fresh: true, help: false, data: 'x' },
    ...{ readings: 50, limitS: 20 },
  });
});

test('an unknown option or a value that is no number is refused with the list of options', () => {
  for (const args of [['--chekc'], ['--readings', 'many'], ['--limit', '0'], ['extra']]) {
    assert.throws(() => startOptions(args), { code: 'STACK_OPTION', message: /--readings N/ }, args.join(' '));
  }
});
