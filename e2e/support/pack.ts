import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { npm } from '../../test/support/npm';

const root = resolve(__dirname, '../..');

/** Packs the checkout as it would be published; answers the path of the tarball. */
export function pack(): string {
  const folder = mkdtempSync(join(tmpdir(), 'pack-'));
  const answer = npm(['pack', '--json', '--ignore-scripts', '--pack-destination', folder], root);
  const [{ filename }] = JSON.parse(answer) as [{ filename: string }];
  return join(folder, filename);
}
