// The first file of `npm start` and `npm test`: plain JavaScript without a dependency, as nothing is installed yet on a
// fresh clone. Installs what package-lock.json names, builds what is out of date, then hands over to TypeScript.
import { spawn } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const OLDEST_NODE = [20, 12];
const COMMANDS = { start: './start.ts', test: './test-run.ts', bench: './bench-run.ts', faults: './faults-run.ts' };
const SOURCES = ['nodes', 'lib', 'flows', 'icons', 'scripts', 'package.json', 'tsconfig.build.json'];

const MAY_LACK = ['optional', 'devOptional', 'extraneous', 'link', 'os', 'cpu', 'libc'];

class StepError extends Error {}

const packDir = dirname(dirname(fileURLToPath(import.meta.url)));
const require = createRequire(import.meta.url);
const [command, ...args] = process.argv.slice(2);

try {
  if (!(command in COMMANDS))
    throw new StepError(`expected one of ${Object.keys(COMMANDS).join(', ')}, got ${command}`);
  checkNode();
  if (lacksPackages())
    await run(
      'installing the npm packages of package-lock.json (npm ci)',
      ...npm('ci', '--include=dev', '--no-audit', '--no-fund'),
    );
  if (isOutdated()) await run('building dist', process.execPath, [join('scripts', 'build.mjs')]);
  require('tsx/cjs/api').register();
  const main = require(COMMANDS[command]);
  await finish(await main[command](args));
} catch (error) {
  // What went wrong around us is told in a sentence; a fault of our own with its place.
  const isTold = error instanceof StepError || error?.code?.startsWith?.('STACK_');
  console.error(isTold ? error.message : error);
  await finish(1);
}

/** All servers are stopped by now: what a client library may still have open must not keep the terminal waiting. */
function finish(code) {
  return new Promise(() => process.stdout.write('', () => process.exit(code)));
}

function checkNode() {
  const [major, minor] = process.versions.node.split('.').map(Number);
  if (major > OLDEST_NODE[0] || (major === OLDEST_NODE[0] && minor >= OLDEST_NODE[1])) return;
  throw new StepError(`Node.js ${OLDEST_NODE.join('.')} or newer is needed, this is ${process.versions.node}`);
}

/** Whether node_modules differs from the lock file; what is optional, for other platforms or a leftover may lack. */
function lacksPackages() {
  const wanted = packagesOf(join(packDir, 'package-lock.json'));
  const installed = packagesOf(join(packDir, 'node_modules', '.package-lock.json'));
  return Object.entries(wanted).some(([path, entry]) => {
    if (path === '' || MAY_LACK.some((mark) => entry[mark])) return false;
    return installed[path]?.version !== entry.version || !existsSync(join(packDir, path, 'package.json'));
  });
}

function packagesOf(lockFile) {
  return existsSync(lockFile) ? JSON.parse(readFileSync(lockFile, 'utf8')).packages : {};
}

/** Whether a source, or a folder of sources (a file was removed), is newer than the newest file of the build. */
function isOutdated() {
  const dist = join(packDir, 'dist');
  if (!existsSync(dist)) return true;
  return Math.max(...SOURCES.map((name) => newest(join(packDir, name), true))) > newest(dist, false);
}

function newest(path, withFolders) {
  if (!existsSync(path)) return 0;
  const stats = statSync(path);
  if (!stats.isDirectory()) return stats.mtimeMs;
  const inside = readdirSync(path).map((name) => newest(join(path, name), withFolders));
  return Math.max(withFolders ? stats.mtimeMs : 0, ...inside);
}

/** npm as it called us, else the one of the PATH. */
function npm(...npmArgs) {
  const script = process.env.npm_execpath;
  return script?.endsWith('.js') ? [process.execPath, [script, ...npmArgs]] : ['npm', npmArgs];
}

/** Runs a step with its output shown, and a line now and then while it is silent. */
function run(what, program, programArgs) {
  const begin = Date.now();
  console.log(what);
  const progress = setInterval(
    () => console.log(`  still ${what}: ${Math.round((Date.now() - begin) / 1000)} s`),
    10_000,
  );
  return new Promise((resolve, reject) => {
    const child = spawn(program, programArgs, { cwd: packDir, stdio: 'inherit' });
    child.once('error', reject);
    child.once('exit', (code, signal) => {
      if (code === 0) resolve();
      else reject(new StepError(`${what} failed (${signal ?? `code ${code}`})`));
    });
  }).finally(() => clearInterval(progress));
}
