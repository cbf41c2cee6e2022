import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';

const root = resolve(__dirname, '../..');
const OLDEST = [3, 9];
const INSTALL_LIMIT_MS = 300_000;

/** The Python that runs scripts of ours, or why there is none here. */
export type PythonEnvironment = { readonly python: string } | { readonly missing: string };

/**
 * A virtual environment `.data/<name>` with the packages of a requirements file (its path in this repository), made on
 * first use and again when that file changes.
 *
 * @throws Error when Python is there but the packages cannot be installed
 */
export function pythonEnvironment(name: string, requirements: string): PythonEnvironment {
  const missing = missingPython();
  if (missing) return { missing };
  const folder = join(root, '.data', name);
  const file = join(root, requirements);
  const python = join(folder, process.platform === 'win32' ? 'Scripts/python.exe' : 'bin/python');
  const installed = join(folder, 'installed-requirements.txt');
  const wanted = readFileSync(file, 'utf8');
  if (existsSync(installed) && readFileSync(installed, 'utf8') === wanted && existsSync(python)) return { python };
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  run('python3', ['-m', 'venv', folder]);
  run(python, ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', '-r', file]);
  writeFileSync(installed, wanted);
  return { python };
}

function missingPython(): string | undefined {
  const asked = spawnSync('python3', ['-c', 'import sys, ensurepip, venv; print(*sys.version_info[:2])'], {
    encoding: 'utf8',
  });
  if (asked.error) return 'there is no python3';
  if (asked.status !== 0) return 'python3 cannot make virtual environments (Debian: apt-get install python3-venv)';
  const [major = 0, minor = 0] = asked.stdout.split(' ').map(Number);
  const isOld = major < OLDEST[0]! || (major === OLDEST[0] && minor < OLDEST[1]!);
  return isOld ? `python3 is ${major}.${minor}, ${OLDEST.join('.')} or newer is needed` : undefined;
}

function run(program: string, args: readonly string[]): void {
  const { status, error, stderr } = spawnSync(program, args, { encoding: 'utf8', timeout: INSTALL_LIMIT_MS });
  if (error) throw error;
  if (status !== 0) throw new Error(`${program} ${args.join(' ')} ended with ${status}: ${stderr}`);
}
