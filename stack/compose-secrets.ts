import { randomBytes } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseEnv } from 'node:util';

/**
 * Settings of the compose file from its `.env`, which is made from `.env.example`, secrets filled in, where it is not
 * there yet.
 */
export function composeSettings(folder: string): Record<string, string | undefined> {
  const file = join(folder, '.env');
  if (!existsSync(file)) {
    const example = readFileSync(join(folder, '.env.example'), 'utf8');
    const filled = example.replace(/^(\w+)=$/gm, (_, name: string) => `${name}=${randomBytes(32).toString('hex')}`);
    writeFileSync(file, filled, { mode: 0o600 });
  }
  return parseEnv(readFileSync(file, 'utf8'));
}
