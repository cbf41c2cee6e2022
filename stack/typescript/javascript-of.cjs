// What esbuild makes of a source, kept in .data/typescript with the time of the source.
const { mkdirSync, readFileSync, renameSync, statSync, utimesSync, writeFileSync } = require('node:fs');
const { dirname, join, relative, resolve } = require('node:path');

const PACK_DIR = resolve(__dirname, '..', '..');
const CACHE_DIR = join(PACK_DIR, '.data', 'typescript');

/** The JavaScript of a file in TypeScript, from the cache if its time is the file's. Only the pack's own are kept. */
exports.javaScriptOf = function javaScriptOf(file) {
  const path = relative(PACK_DIR, file);
  if (path.startsWith('..')) return javaScript(file);
  const cached = join(CACHE_DIR, `${path}.js`);
  const { mtime } = statSync(file);
  const made = statSync(cached, { throwIfNoEntry: false });
  return made && sameTime(made.mtime, mtime) ? readFileSync(cached, 'utf8') : compile(file, cached, mtime);
};

function javaScript(file) {
  const { code } = require('esbuild').transformSync(readFileSync(file, 'utf8'), {
    loader: 'ts',
    format: 'cjs',
    platform: 'node',
    target: 'node20',
    sourcefile: file,
    sourcemap: 'inline',
    sourcesContent: false,
  });
  return code;
}

function compile(file, cached, mtime) {
  const code = javaScript(file);
  // Put in its place when it is whole: other processes read meanwhile.
  const partial = `${cached}.${process.pid}`;
  mkdirSync(dirname(cached), { recursive: true });
  writeFileSync(partial, code);
  utimesSync(partial, mtime, mtime);
  renameSync(partial, cached);
  return code;
}

/** As far as a file keeps its time. */
const sameTime = (one, other) => Math.abs(one - other) < 2;
