import assert from 'node:assert/strict';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { type TestContext, it } from 'node:test';
import type { TwinError } from '../../lib/reading/twin-error';
import { KeptState } from '../../nodes/common/kept-state';
import { until } from '../support/until';

function place(context: TestContext): string {
  const folder = mkdtempSync(join(tmpdir(), 'kept-state-'));
  context.after(() => rmSync(folder, { recursive: true, force: true }));
  return join(folder, 'state', 'node.json');
}
const quiet = (error: TwinError): void => assert.fail(error.message);
const read = (file: string): unknown => JSON.parse(readFileSync(file, 'utf8'));

it('keeps the latest state, and another start reads it', async (context) => {
  const file = place(context);
  const state = new KeptState({ file, onTrouble: quiet });
  assert.equal(state.read(), undefined);
  for (let n = 0; n < 1000; n++) state.changed(() => ({ n }));
  await state.close();
  assert.deepEqual(new KeptState({ file, onTrouble: quiet }).read(), { n: 999 });
});

it('writes by itself after a while, once for all changes of that time', async (context) => {
  const file = place(context);
  const state = new KeptState({ file, everyMs: 50, onTrouble: quiet });
  context.after(() => state.close());
  let asked = 0;
  for (let n = 0; n < 100; n++) state.changed(() => ({ asked: ++asked }));
  await until(() => existsSync(file), 5000, 'the file');
  assert.deepEqual(read(file), { asked: 1 });
});

it('a file that is damaged or too large is reported and taken as none', (context) => {
  const file = place(context);
  mkdirSync(dirname(file), { recursive: true });
  for (const text of ['{"half": ', '"' + 'x'.repeat(200) + '"']) {
    writeFileSync(file, text);
    const troubles: TwinError[] = [];
    const state = new KeptState({ file, maxBytes: 100, onTrouble: (error) => troubles.push(error) });
    assert.equal(state.read(), undefined);
    assert.deepEqual(
      troubles.map(({ code }) => code),
      ['STATE_UNREADABLE'],
    );
  }
});

it('a state that is too large is reported, and the one before stays', async (context) => {
  const file = place(context);
  const troubles: string[] = [];
  const state = new KeptState({ file, maxBytes: 100, everyMs: 1, onTrouble: ({ code }) => troubles.push(code) });
  state.changed(() => 'small');
  await until(() => existsSync(file), 5000, 'the file');
  state.changed(() => 'x'.repeat(200));
  await state.close();
  assert.deepEqual([read(file), troubles], ['small', ['STATE_TOO_LARGE']]);
});

it('a folder that cannot be made is reported, and closing still ends', async (context) => {
  const file = place(context);
  writeFileSync(dirname(file), 'a file where the folder should be');
  const troubles: string[] = [];
  const state = new KeptState({ file, onTrouble: ({ code }) => troubles.push(code) });
  state.changed(() => 1);
  await state.close();
  assert.deepEqual(troubles, ['STATE_UNWRITABLE']);
});

it('a write that fails half-way leaves the old state whole', async (context) => {
  const file = place(context);
  const troubles: string[] = [];
  const state = new KeptState({ file, everyMs: 1, onTrouble: ({ code }) => troubles.push(code) });
  state.changed(() => 'old');
  await until(() => existsSync(file), 5000, 'the file');
  mkdirSync(`${file}.new`);
  state.changed(() => 'new');
  await state.close();
  assert.deepEqual([read(file), troubles], ['old', ['STATE_UNWRITABLE']]);
});

it('forgetting removes the file, and leaves nothing behind', async (context) => {
  const file = place(context);
  const state = new KeptState({ file, everyMs: 1, onTrouble: quiet });
  state.changed(() => 1);
  await until(() => existsSync(file), 5000, 'the file');
  state.changed(() => 2);
  await state.close(true);
  assert.deepEqual(readdirSync(dirname(file)), []);
});
