import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';

/** The lines of each `@example` block, without their comment stars. */
function examplesOf(text: string): string[][] {
  return [...text.matchAll(/@example\n([\s\S]*?)(?=\n \* @|\n \*\/)/g)].map((match) =>
    match[1]!
      .split('\n')
      .map((line) => line.replace(/^ \* ?/, ''))
      .filter((line) => line.trim() !== ''),
  );
}

/** Runs an example: `expression; // => value` must hold within 1e-12, other lines are run as they are. */
function runExample(lines: string[], everything: Readonly<Record<string, unknown>>): number {
  let checked = 0;
  const body = lines.map((line) => {
    const [, expression, expected] = /^(.*?);?\s*\/\/ => (.*)$/.exec(line) ?? [];
    if (expression === undefined || expected === undefined) return line;
    checked++;
    return `assertClose((${expression}), (${expected}), ${JSON.stringify(line)});`;
  });
  // The text run here is that of our own comments, which is the point of the test.
  // eslint-disable-next-line @typescript-eslint/no-implied-eval
  const run = new Function('assertClose', ...Object.keys(everything), body.join('\n')) as (
    ...values: unknown[]
  ) => void;
  run(assertClose, ...Object.values(everything));
  return checked;
}

function assertClose(actual: unknown, expected: unknown, line: string): void {
  if (typeof expected === 'number' && typeof actual === 'number') {
    const near =
      Object.is(actual, expected) ||
      actual === expected ||
      Math.abs(actual - expected) <= 1e-12 * Math.max(1, Math.abs(expected));
    assert.ok(near, `${line}\n  got ${actual}`);
    return;
  }
  if (typeof expected !== 'object' || expected === null) return assert.deepEqual(actual, expected, line);
  assert.ok(typeof actual === 'object' && actual !== null, `${line}\n  got ${String(actual)}`);
  assert.equal(actual.constructor.name, expected.constructor.name, line);
  assert.deepEqual(Object.keys(actual), Object.keys(expected), line);
  for (const key of Object.keys(expected)) {
    assertClose((actual as Record<string, unknown>)[key], (expected as Record<string, unknown>)[key], line);
  }
}

/** Tests that every exported function of a folder under lib/ has an example in its comment, and that each holds. */
export function testDocExamples(libFolder: string): void {
  const folder = join(__dirname, '../../lib', libFolder);
  const files = readdirSync(folder).filter((name) => name.endsWith('.ts') && !name.endsWith('.d.ts'));
  const everything = Object.assign(
    {},
    ...files.map((name) => require(join(folder, name)) as Record<string, unknown>),
  ) as Record<string, unknown>;
  for (const name of files) {
    const text = readFileSync(join(folder, name), 'utf8');
    const examples = examplesOf(text);
    test(`${name}: every exported function has an example that runs`, () => {
      const functions = [...text.matchAll(/^export (?:async )?function (\w+)/gm)].map((match) => match[1]!);
      const shown = examples.flat().join('\n');
      for (const own of functions.filter((fn) => !fn.startsWith('check'))) {
        assert.ok(shown.includes(`${own}(`), `${own} has no example`);
      }
      for (const example of examples)
        assert.ok(runExample(example, everything) > 0, `an example in ${name} checks nothing`);
    });
  }
}
