import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import helper from 'node-red-node-test-helper';

/** Gives the Node-RED under test a user folder of its own; call it before `Runtime.start`. */
export function userFolder(context: TestContext): string {
  const userDir = mkdtempSync(join(tmpdir(), 'user-folder-'));
  helper.settings({ userDir });
  context.after(() => {
    helper.settings({});
    rmSync(userDir, { recursive: true, force: true });
  });
  return userDir;
}
